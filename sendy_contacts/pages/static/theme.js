// Light or dark, as the system is set; it runs before the page is drawn. Its mark also says that scripts run.
const dark = matchMedia("(prefers-color-scheme: dark)");
const setTheme = () => document.documentElement.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
dark.addEventListener("change", setTheme);
setTheme();
