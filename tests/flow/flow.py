"""flow.py - what the flow tests use to drive the whole program from outside.

    from flow import khien, Server

    class PackShow(unittest.TestCase):
        # EVIDENCE: D11.4
        def test_shows_the_text(self):
            self.assertIn("Điều 11", khien("pack", "show", "D11.4").out)

A test file is tests/flow/test_NAME.py with unittest cases; cases that are only a command and what it
prints are rows of tests/flow/NAME.yaml (its keys: tests/run-flows.py).
"""
import atexit
import base64
import contextlib
import functools
import hmac
import html.parser
import http.client
import http.cookies
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(SOURCE, os.environ.get("KHIEN_BUILD", "build-test"))
BIN = os.path.join(BUILD, "khien")
PACKS = os.path.join(SOURCE, "packs")


class Done:
    """A command that has ended: status, out, err."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def json(self):
        return json.loads(self.out)

    def __str__(self):
        return f"status {self.status}\n--- out\n{self.out}\n--- err\n{self.err}"


def khien(*args, env=None, stdin=None, timeout_s=60, cwd=SOURCE, as_bytes=False):
    """Run `khien ARGS` to its end, in Vietnamese unless told otherwise."""
    full = {**os.environ, "KHIEN_LANG": "vi", **(env or {})}
    done = subprocess.run([BIN, *map(str, args)], cwd=cwd, env=full, timeout=timeout_s,
                          input=stdin.encode() if isinstance(stdin, str) else stdin or b"",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if as_bytes:
        return Done(done.returncode, done.stdout, done.stderr)
    return Done(done.returncode, done.stdout.decode("utf-8", "replace"),
                done.stderr.decode("utf-8", "replace"))


@contextlib.contextmanager
def folder(tree=None):
    """A folder that goes away again, with the files of TREE: {path: text | bytes}."""
    with tempfile.TemporaryDirectory(prefix="khien-flow-") as base:
        write_tree(base, tree or {})
        yield base


def write_tree(base, tree):
    for path, content in tree.items():
        full = os.path.join(base, path.lstrip("/"))
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as out:
            out.write(content.encode() if isinstance(content, str) else content)


@functools.lru_cache(None)
def where_nobody_reaches():
    """(program, packs) in a folder that any user may enter: the clone itself may stand in a home that
    nobody else may. Made once, gone with the test program."""
    base = tempfile.mkdtemp(prefix="khien-nobody-")
    atexit.register(shutil.rmtree, base, ignore_errors=True)
    os.chmod(base, 0o755)
    program, packs = os.path.join(base, "khien"), os.path.join(base, "packs")
    for name in ("khien", "khien-all"):
        shutil.copy(os.path.join(BUILD, name), base)
    shutil.copytree(PACKS, packs)
    subprocess.run(["chmod", "-R", "go=rX", program, f"{program}-all", packs], check=True)
    return program, packs


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def rounds(quick):
    """How many generated configurations a test compares with the real program: QUICK in an ordinary run,
    KHIEN_ROUNDS in a long one."""
    return int(os.environ.get("KHIEN_ROUNDS") or quick)


ADMIN = ("an.le", "Nui-cao-Song-dai-7")     # login, password


def totp(key, at_s):
    """The six figures of RFC 6238 that an authenticator shows at AT_S."""
    digest = hmac.new(base64.b32decode(key + "=" * (-len(key) % 8)),
                      int(at_s // 30).to_bytes(8, "big"), "sha1").digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7fffffff) % 1000000:06d}"


class Server:
    """`khien serve` on a folder of its own, with a clock that the test moves:

        with Server() as server:
            page = server.browser().get("/")
            server.pass_time(minutes=10)
    """

    def __init__(self, data=None, packs=PACKS, args=(), env=None):
        self.own = tempfile.TemporaryDirectory(prefix="khien-serve-")
        self.data = data or os.path.join(self.own.name, "data")
        os.makedirs(self.data, mode=0o700, exist_ok=True)
        self.clock = os.path.join(self.own.name, "clock")
        self.log = os.path.join(self.own.name, "log")
        self.port, self.shift_s = free_port(), 0
        self.pass_time()
        self.command = [BIN, "serve", "--data", self.data, "--packs", packs,
                        "--listen", f"127.0.0.1:{self.port}", *args]
        self.env = {**os.environ, "KHIEN_TEST_CLOCK": self.clock, "KHIEN_LANG": "vi", **(env or {})}
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self.own.cleanup()

    def start(self, timeout_s=60):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, cwd=SOURCE, env=self.env, stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL)
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"khien serve ended: {self.process.returncode}\n{self.said()}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        self.stop()
        raise AssertionError(f"khien serve does not listen after {timeout_s} s\n{self.said()}")

    def stop(self, how=signal.SIGTERM, timeout_s=20):
        """End it as the service manager would; returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"khien serve does not end\n{self.said()}") from None
        return self.process.returncode

    def said(self):
        """What it has printed so far."""
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def wait_for(self, pattern, timeout_s=60):
        """The match of PATTERN in what it prints, once it is there."""
        end = time.monotonic() + timeout_s
        while True:
            match = re.search(pattern, self.said())
            if match:
                return match
            if time.monotonic() > end or self.process.poll() is not None:
                raise AssertionError(f"never said {pattern!r}:\n{self.said()}")
            time.sleep(0.05)

    def pass_time(self, seconds=0, minutes=0, hours=0, days=0):
        """In one piece and never shorter than before: a file that is emptied first would show every process that
        looks in between the real day."""
        self.shift_s += seconds + 60 * minutes + 3600 * hours + 86400 * days
        fd = os.open(self.clock, os.O_WRONLY | os.O_CREAT, 0o644)
        os.pwrite(fd, f"{self.shift_s:<20}\n".encode(), 0)
        os.close(fd)

    def browser(self, address=None):
        return Browser(self.port, address)

    def set_up(self):
        """The set-up with the one-time code, second factor included; a browser that is signed in as
        the administrator ADMIN."""
        browser, code = self.browser(), self.wait_for(r"/thiet-lap\?ma=([A-Z0-9-]+)").group(1)
        browser.get(f"/thiet-lap?ma={code}")
        browser.submit({"don-vi": "Xã Tây Sơn", "ho-ten": "Lê An", "ten-dang-nhap": ADMIN[0],
                        "mat-khau-moi": ADMIN[1], "nhac-lai": ADMIN[1]}, action="/thiet-lap")
        key = re.search(r'<code class="key">([A-Z2-7]+)</code>', browser.page.text)
        if not key:
            raise AssertionError(f"no key for the second factor at {browser.path}:\n{browser.page.text}")
        browser.totp_key = key.group(1)
        page = browser.submit({"ma": totp(browser.totp_key, time.time() + self.shift_s)},
                              action="/bat-ma-hai-buoc")
        if page.status != 200 or browser.get("/hom-nay").status != 200 or browser.path != "/hom-nay":
            raise AssertionError(f"not signed in, at {browser.path}:\n{browser.page.text}")
        return browser


class Page:
    """An answer: status, headers, text, and the forms in it."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.text = body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.text)

    def forms(self):
        reader = FormReader()
        reader.feed(self.text)
        return reader.forms


class FormReader(html.parser.HTMLParser):
    """Forms as {action, method, fields}: what a browser would send unchanged."""

    def __init__(self):
        super().__init__()
        self.forms = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append({"action": attrs.get("action", ""),
                               "method": attrs.get("method", "get").lower(), "fields": {}})
        elif self.forms and attrs.get("name") and tag in ("input", "button", "textarea", "select"):
            if tag == "input" and attrs.get("type") in ("checkbox", "radio") and "checked" not in attrs:
                return
            self.forms[-1]["fields"].setdefault(attrs["name"], attrs.get("value") or "")


class Browser:
    """A browser without a screen or scripts: keeps cookies, follows redirects, sends forms."""

    def __init__(self, port, address=None):
        """ADDRESS: from where it comes, of 127.0.0.0/8."""
        self.port, self.cookies, self.page, self.path = port, {}, None, "/"
        self.source = (address, 0) if address else None

    def request(self, method, path, body=None, headers=None, follow=True):
        for _ in range(10):
            self.page = self.ask(method, path, body, headers or {})
            self.path = path
            where = self.page.headers.get("Location")
            if not follow or self.page.status not in (301, 302, 303) or not where:
                return self.page
            method, body, headers = "GET", None, {}
            path = urllib.parse.urljoin(path, where)
            path = urllib.parse.urlunsplit(("", "", *urllib.parse.urlsplit(path)[2:4], ""))
        raise AssertionError(f"redirected without end at {path}")

    def ask(self, method, path, body, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=self.source)
        if self.cookies:
            headers = dict(headers, Cookie="; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        page = Page(answer.status, answer.headers, answer.read())
        connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in http.cookies.SimpleCookie(line).items():
                if morsel.value and morsel["max-age"] != "0":
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)
        return page

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, fields, **more):
        headers = {"Content-Type": "application/x-www-form-urlencoded",
                   "Origin": f"http://127.0.0.1:{self.port}", **more.pop("headers", {})}
        return self.request("POST", path, urllib.parse.urlencode(fields), headers, **more)

    def upload(self, path, fields, files, **more):
        """A form with files: [(field, name, bytes)], its mark taken from the current page."""
        mark = "khien-flow-boundary"
        parts = [(f'form-data; name="{name}"', str(value).encode()) for name, value in fields.items()]
        parts += [(f'form-data; name="{field}"; filename="{name}"', content) for field, name, content in files]
        body = b"".join(f"--{mark}\r\nContent-Disposition: {head}\r\n\r\n".encode() + content + b"\r\n"
                        for head, content in parts) + f"--{mark}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={mark}",
                   "Origin": f"http://127.0.0.1:{self.port}", **more.pop("headers", {})}
        return self.request("POST", path, body, headers, **more)

    def submit(self, fields, action=None, **more):
        """Fill the first form of the current page (or the one with this ACTION) and send it."""
        for form in self.page.forms():
            if (action is None and form["method"] == "post") or form["action"] == action:
                where = urllib.parse.urljoin(self.path, form["action"] or self.path)
                return self.post(where, {**form["fields"], **fields}, **more)
        raise AssertionError(f"no such form in the page:\n{self.page.text}")
