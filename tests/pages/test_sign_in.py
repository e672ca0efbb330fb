"""Sign in and out, the way back, and a session that ends while something is typed."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.database import PASSWORD


def sign_in(page, name="owner", password=PASSWORD):
    page.get_by_label("Email address").fill(f"{name}@example.com")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_the_start_leads_to_the_sign_in_and_then_to_the_contacts(open_page):
    page = open_page(None)
    page.goto("/")
    expect(page).to_have_title("Sign in – SendyStack Contacts")
    sign_in(page)
    expect(page.get_by_role("heading", name="Contacts")).to_be_visible()
    expect(page.locator("#visitor")).to_contain_text("Acme")
    expect(page.locator("#visitor")).to_contain_text("owner@example.com, owner")
    page.goto("/sign-in")
    expect(page).to_have_url(re.compile("/contacts$"))
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in$"))
    page.goto("/contacts")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))


def test_the_sign_in_leads_back(open_page):
    page = open_page(None)
    page.goto("/contacts?q=ann&optedIn=true")
    sign_in(page)
    expect(page).to_have_url(re.compile(r"/contacts\?q=ann&optedIn=true$"))
    expect(page.get_by_label("Name or phone number")).to_have_value("ann")


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\r\nb"]
)
def test_the_sign_in_leads_to_no_other_site(open_page, elsewhere):
    page = open_page(None)
    page.goto("/sign-in")
    page.evaluate("next => history.replaceState(null, '', `/sign-in?${new URLSearchParams({ next })}`)", elsewhere)
    page.reload()
    sign_in(page)
    expect(page).to_have_url(re.compile(r"127\.0\.0\.1:\d+/contacts$"))


def test_a_wrong_password_is_said(open_page):
    page = open_page(None)
    page.goto("/sign-in")
    sign_in(page, password="wrong wrong")
    expect(page.get_by_role("alert")).to_contain_text("email address or the password is wrong")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("Email address")).to_have_value("owner@example.com")


def test_a_form_of_another_site_is_refused(service):
    body = b"email=owner%40example.com&password=x"
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"}
    for path in ("/sign-in", "/sign-out"):
        connection = service.connect()
        connection.request("POST", path, body, headers)
        assert connection.getresponse().status == 403
        connection.close()


def test_a_session_that_ends_loses_nothing_typed(page, post):
    post({"phone": "+254712345601", "name": "Ann"})
    page.goto("/contacts")
    page.get_by_role("link", name="Ann").click()
    page.locator("#field-name").fill("Anna")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save").click()
    again = page.get_by_role("dialog", name="Your session has ended")
    again.get_by_label("Password").fill("wrong wrong")
    again.get_by_role("button", name="Sign in").click()
    expect(again.get_by_role("alert")).to_contain_text("is wrong")
    again.get_by_label("Password").fill(PASSWORD)
    again.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Anna")).to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_who_does_not_sign_in_again_keeps_the_form(page, post):
    post({"phone": "+254712345601", "name": "Ann"})
    page.goto("/contacts")
    page.get_by_role("link", name="Ann").click()
    page.locator("#field-name").fill("Annabel")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Not now").click()
    expect(page.locator("#contact-dialog").get_by_role("alert")).to_contain_text("You are signed out")
    expect(page.locator("#field-name")).to_have_value("Annabel")
