"""Lists of people in many languages, as their spreadsheets hold them, and the encodings that each was saved in."""

import random
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """Given names and surnames; the header of a list; a country; a phone number there; Python's codecs."""

    given: str
    surnames: str
    header: str
    country: str
    phone: str
    codecs: tuple[str, ...]
    joint: str = " "

    def rows(self, count, seed=0):
        """Return `count` rows of name and phone number; another seed draws other names."""
        dice = random.Random(f"{self.country}{seed}")  # noqa: S311
        given, surnames = self.given.split(), self.surnames.split()
        names = [f"{dice.choice(given)}{self.joint}{dice.choice(surnames)}" for _ in range(count)]
        return [[name, f"{self.phone}{dice.randrange(10**6):06}"] for name in names]

    def table(self, count, seed=0):
        return [self.header.split(), *self.rows(count, seed)]


LANGUAGES = {
    "Russian": Language(
        "Иван Анна Сергей Ольга Дмитрий Екатерина Алексей Татьяна Юрий Жанна Фёдор Эльвира",
        "Петров Смирнова Кузнецов Попова Соколов Лебедева Козлов Новикова Щербаков Цветкова Ёлкин",
        "Имя Телефон", "RU", "+7916", ("cp1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic"),
    ),
    "Ukrainian": Language(
        "Олександр Наталія Андрій Ірина Володимир Світлана Тарас Оксана Юлія Євген Дмитро Ганна",
        "Шевченко Коваленко Бондаренко Ткаченко Кравченко Поліщук Їжакевич Савчук Мельник Ґалаґан",
        "Ім'я Телефон", "UA", "+38050", ("cp1251", "koi8-u"),
    ),
    "Bulgarian": Language(
        "Георги Мария Димитър Елена Николай Десислава Петър Виктория Стефан Йорданка Ангел Цветан",
        "Иванов Георгиева Димитров Петрова Николов Стоянова Тодоров Христова Ангелов Желязкова",
        "Име Телефон", "BG", "+35988", ("cp1251", "iso8859-5", "cp866"),
    ),
    "Arabic": Language(
        "محمد فاطمة أحمد عائشة علي خديجة يوسف مريم إبراهيم زينب خالد نورة",
        "الحسن عبدالله السيد المصري الخطيب حداد النجار العلي منصور الشريف قاسم",
        "الاسم الهاتف", "EG", "+2010", ("cp1256", "iso8859-6"),
    ),
    "Turkish": Language(
        "Mehmet Ayşe Mustafa Fatma Ahmet Emine Çağlar Zeynep İbrahim Elif Gökhan Şule Işıl Ömer",
        "Yılmaz Kaya Demir Şahin Çelik Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç",
        "Adı Telefon", "TR", "+90532", ("cp1254", "iso8859-9", "cp857"),
    ),
    "Chinese": Language(
        "伟 芳 娜 秀英 敏 静 丽 强 磊 军 洋 勇 艳 杰 晓明 建国",
        "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 欧阳",
        "姓名 手机", "CN", "13800", ("gb18030", "gbk"), "",
    ),
    "Taiwanese": Language(
        "志明 淑芬 家豪 美玲 俊傑 雅婷 冠宇 怡君 建宏 佩珊 承翰 詩涵",
        "陳 林 黃 張 李 王 吳 劉 蔡 楊 許 鄭 謝 歐陽",
        "姓名 電話", "TW", "+88691", ("big5", "cp950"), "",
    ),
    "Japanese": Language(
        "太郎 花子 一郎 美咲 健太 さくら 翔太 陽子 大輔 由美 拓也 まゆみ",
        "田中 佐藤 鈴木 高橋 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田",
        "名前 電話番号", "JP", "09012", ("cp932", "euc_jp", "iso2022_jp"), "",
    ),
    "Korean": Language(
        "민준 서연 지훈 수빈 현우 지민 영희 철수 하은 도윤 예준 서현",
        "김 이 박 최 정 강 조 윤 장 임 한 오",
        "이름 전화번호", "KR", "01012", ("cp949", "euc_kr"), "",
    ),
    "Greek": Language(
        "Γιώργος Μαρία Δημήτρης Ελένη Κωνσταντίνος Αικατερίνη Νίκος Βασιλική Ανδρέας Σοφία Χρήστος",
        "Παπαδόπουλος Παπαδοπούλου Οικονόμου Γεωργίου Δημητρίου Νικολάου Βλάχος Αθανασίου Ιωάννου",
        "Όνομα Τηλέφωνο", "GR", "+30694", ("cp1253", "iso8859-7", "cp737"),
    ),
    "Hebrew": Language(
        "משה שרה דוד רחל יוסף לאה אברהם מרים יעקב אסתר נועם תמר",
        "כהן לוי מזרחי פרץ ביטון דהן אברהם פרידמן אזולאי שפירא",
        "שם טלפון", "IL", "+97250", ("cp1255", "iso8859-8", "cp862"),
    ),
    "Thai": Language(
        "สมชาย สมหญิง ประเสริฐ มาลี สุรชัย วิภา อนันต์ กมลวรรณ ธนพล ณัฐธิดา",
        "ใจดี แสงทอง ศรีสุข วงศ์สวัสดิ์ บุญมา รักไทย ทองคำ พงษ์พันธ์",
        "ชื่อ โทรศัพท์", "TH", "+6681", ("cp874", "tis-620"),
    ),
    "Polish": Language(
        "Łukasz Małgorzata Paweł Agnieszka Michał Katarzyna Grażyna Wojciech Żaneta Stanisław Józef",
        "Kowalski Wiśniewska Wójcik Kamiński Zieliński Dąbrowska Kozłowski Jabłońska Piątek Ścisło",
        "Imię Telefon", "PL", "+48601", ("cp1250", "iso8859-2", "cp852"),
    ),
    "Czech": Language(
        "Jiří Lenka Tomáš Kateřina Ondřej Božena Zdeněk Růžena Luděk Šárka Matěj Žofie",
        "Novák Svobodová Dvořák Černá Procházka Kučerová Veselý Horáková Němec Říha Šťastný",
        "Jméno Telefon", "CZ", "+420601", ("cp1250", "iso8859-2", "cp852"),
    ),
    "Hungarian": Language(
        "László Mária István Erzsébet József Zsuzsanna Győző Ágnes Gergő Dóra Özséb Tünde",
        "Nagy Kovács Tóth Szabó Horváth Kőrösi Kiss Molnár Németh Szűcs Győri Erdős",
        "Név Telefon", "HU", "+3620", ("cp1250", "iso8859-2", "cp852"),
    ),
    "French": Language(
        "Jérôme Élodie François Hélène Benoît Zoé Noël Cécile André Maëlle Loïc Océane",
        "Lefèvre Dubois Gérard Beauchêne Lemaître Muñoz Garçon Hébert Rivière Forêt Dupré",
        "Prénom Téléphone", "FR", "+33612", ("cp1252", "iso8859-15", "mac-roman", "cp850", "cp437"),
    ),
    "German": Language(
        "Jürgen Käthe Günther Jörg Björn Änne Sören Uschi Grete Götz Bärbel Thomas",
        "Müller Schäfer Weiß Krüger Schröder Böhm Groß Köhler Straßer Jäger Vogt Özil",
        "Name Telefon", "DE", "+49151", ("cp1252", "mac-roman", "cp850", "cp437"),
    ),
    "Spanish": Language(
        "José María Andrés Lucía Óscar Begoña Raúl Inés Iván Sofía Ángel Íñigo",
        "García Muñoz Pérez López Ibáñez Núñez Gómez Rodríguez Peña Martínez Zúñiga",
        "Nombre Teléfono", "ES", "+34612", ("cp1252", "mac-roman", "cp850"),
    ),
    "Portuguese": Language(
        "João Conceição Antônio Inês José Lúcia Sebastião Mônica Luís Fátima Estêvão Tânia",
        "Gonçalves Araújo Simões Magalhães Conceição Guimarães Nóbrega Falcão Ramalhão Brandão",
        "Nome Telefone", "BR", "+55119", ("cp1252", "mac-roman", "cp850"),
    ),
    "Swedish": Language(
        "Göran Åsa Björn Märta Håkan Örjan Pär Malin Sölve Görel Jörgen Ängla",
        "Sjöberg Åkesson Lindström Öberg Nyström Bäckman Hägglund Sjögren Åström Hörnfeldt",
        "Namn Telefon", "SE", "+4670", ("cp1252", "mac-roman", "cp850"),
    ),
    "Lithuanian": Language(
        "Žygimantas Živilė Jūratė Šarūnas Ąžuolas Rūta Eglė Vytautas Ieva Čiurlionis Daiva",
        "Kazlauskas Jankauskienė Petrauskas Žukauskaitė Šimkus Paulauskienė Mažeika Grybauskaitė",
        "Vardas Telefonas", "LT", "+3706", ("cp1257", "iso8859-13"),
    ),
    "Vietnamese": Language(
        "Hương Đức Thảo Tuấn Phượng Dũng Hạnh Quân Thủy Bình Nguyệt Cường",
        "Nguyễn Trần Lê Phạm Huỳnh Hoàng Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương",
        "Tên Điện_thoại", "VN", "+8490", ("cp1258",),
    ),
}  # fmt: skip

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}


def encode(text, codec):
    """Encode a text as programs do it: in Windows-1258 the marks of tone follow their letter."""
    return _part_tones(text).encode(codec) if codec == "cp1258" else text.encode(codec)


def _part_tones(text):
    parted = []
    for character in unicodedata.normalize("NFD", unicodedata.normalize("NFC", text)):
        if character in _TONES or not unicodedata.combining(character):
            parted.append(character)
        else:  # a circumflex, breve or horn belongs to the letter, before any tone
            tones = []
            while parted[-1] in _TONES:
                tones.insert(0, parted.pop())
            parted.append(unicodedata.normalize("NFC", parted.pop() + character))
            parted += tones
    return "".join(parted)
