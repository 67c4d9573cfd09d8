"""A real headless Chromium with Debian's driver, and short words for what a person does in the page."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

T = TypeVar("T")
CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1100,900",
)
PATIENCE_SECONDS = 20


class Browser:
    """One window. Every wait ends as soon as what it waits for is there."""

    def __init__(self, driver: webdriver.Chrome, screenshots: Path) -> None:
        self.driver = driver
        self._screenshots = screenshots

    def open(self, address: str) -> None:
        self.driver.get(address)
        self.until(lambda: self.all("#viewer option"))

    def leave(self) -> None:
        """Stop the page, which would otherwise go on asking a server that is no more."""
        self.driver.get("about:blank")

    def all(self, selector: str) -> list[WebElement]:
        found: list[WebElement] = self.driver.find_elements(By.CSS_SELECTOR, selector)
        return found

    def one(self, selector: str) -> WebElement:
        return self.until(lambda: self.all(selector))[0]

    def until(self, condition: Callable[[], T]) -> T:
        wait = WebDriverWait(self.driver, PATIENCE_SECONDS, poll_frequency=0.05)
        found: T = wait.until(lambda _driver: condition())
        return found

    def until_shown(self, words: str, selector: str = "#messages") -> None:
        self.until(lambda: words in self.text(selector))

    def until_gone(self, words: str, selector: str = "#messages") -> None:
        self.until(lambda: words not in self.text(selector))

    def text(self, selector: str) -> str:
        """What is displayed inside, read in one step so that a redraw cannot come between."""
        shown = "[...document.querySelectorAll(arguments[0])].filter((one) => one.checkVisibility())"
        script = f"return {shown}.map((one) => one.innerText).join('\\n')"
        return str(self.driver.execute_script(script, selector))

    def is_in_view(self, selector: str) -> bool:
        """Whether the whole of it can be seen without scrolling."""
        script = """
            const inner = document.querySelector(arguments[0]).getBoundingClientRect();
            const outer = document.querySelector("#messages").getBoundingClientRect();
            return inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
        """
        return bool(self.driver.execute_script(script, selector))

    def say(self, words: str) -> None:
        field = self.one("#text")
        field.send_keys(words)
        self.one("#composer button").click()

    def press(self, label: str, inside: str = "body") -> None:
        """Press the last button with this label."""
        script = (
            "return [...document.querySelectorAll(arguments[0] + ' button')]"
            ".filter((one) => one.innerText.trim() === arguments[1]).at(-1)"
        )
        button: WebElement = self.until(lambda: self.driver.execute_script(script, inside, label))
        button.click()

    def press_behind_the_dots(self, label: str) -> None:
        """Open the menu behind three dots of the last message that has one, and press this entry of it."""
        menus = "#messages details.overflow"
        self.until(lambda: self.all(menus))[-1].click()
        self.press(label, menus)

    def choose(self, selector: str, label: str) -> None:
        Select(self.one(selector)).select_by_visible_text(label)

    def complaints(self) -> list[str]:
        """What the page's console has to say, refused content included."""
        entries: list[dict[str, str]] = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in entries]

    def screenshot(self, name: str) -> Path:
        path = self._screenshots / f"{name}.png"
        self.driver.save_screenshot(str(path))
        return path

    @contextmanager
    def dark(self) -> Iterator[None]:
        self._prefer("dark")
        yield
        self._prefer("light")

    @contextmanager
    def narrow(self) -> Iterator[None]:
        size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        yield
        self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    def _prefer(self, scheme: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def missing() -> str:
    """Why there is no browser here; empty where there is one."""
    absent = [str(path) for path in (CHROMIUM, DRIVER) if not path.exists()]
    return f"needs {' and '.join(absent)}: apt-get install chromium chromium-driver" if absent else ""


def require() -> None:
    """Skip where there is no Chromium and say why; where everything must be tested, fail instead."""
    reason = missing()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    require()
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
        try:
            yield Browser(driver, tmp_path_factory.mktemp("screenshots"))
        finally:
            driver.quit()
