"""oidc.py - providers of log-ins for the tests: a real one (oidc-provider, of tests/oidc), and a hostile one that
signs whatever a test wants.

    with Provider(redirect, people) as real:
        real.issuer, real.ca
        where = real.log_in(url, "u-1")      # as a browser would, from the URL Khiên sends it to; where it ends
    with Hostile() as liar:
        liar.change = {"nonce": "another"}   # of the next token's claims; also liar.header, liar.sign
"""
import base64
import contextlib
import hashlib
import html.parser
import http.cookiejar
import http.server
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from directory import certificate
from flow import SOURCE, free_port

HERE = os.path.join(SOURCE, "tests", "oidc")
CLIENT, SECRET = "khien", "Khoa-cua-ung-dung-khien-2026"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value):
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def new_key(kid, kind="RSA"):
    """(private key, JWK with its private part)"""
    if kind == "EC":
        key = ec.generate_private_key(ec.SECP256R1())
        pair, d = key.public_key().public_numbers(), key.private_numbers().private_value
        side = {name: b64(value.to_bytes(32, "big")) for name, value in (("x", pair.x), ("y", pair.y), ("d", d))}
        return key, {"kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "alg": "ES256", **side}
    key = rsa.generate_private_key(65537, 2048)
    n = key.private_numbers()
    return key, {"kty": "RSA", "kid": kid, "use": "sig", "alg": "RS256", "n": number(n.public_numbers.n),
                 "e": number(n.public_numbers.e), "d": number(n.d), "p": number(n.p), "q": number(n.q),
                 "dp": number(n.dmp1), "dq": number(n.dmq1), "qi": number(n.iqmp)}


class Forms(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.action, self.fields = None, {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form" and self.action is None:
            self.action = attrs.get("action")
        elif tag in ("input", "button") and attrs.get("name"):
            self.fields.setdefault(attrs["name"], attrs.get("value") or "")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Provider:
    def __init__(self, redirect, people, kind="RSA", in_token=False, login_algorithm=None):
        self.own = tempfile.mkdtemp(prefix="khien-oidc-")
        ca, self.certificate, self.key = certificate(self.own, "oidc")
        with open(ca, encoding="ascii") as text:
            self.ca = text.read()
        self.port = free_port()
        self.issuer = f"https://127.0.0.1:{self.port}"
        self.redirect, self.people, self.in_token = redirect, people, in_token
        self.algorithm = login_algorithm or ("ES256" if kind == "EC" else "RS256")
        self.kind, self.kid, self.process = kind, 0, None
        self.jwks = []
        self.turn_keys()

    def turn_keys(self):
        """Another key signs from the next start on; the one before is gone."""
        self.kid += 1
        jwk = new_key(f"k{self.kid}", self.kind)[1]
        if self.algorithm == "PS256":
            jwk.pop("alg")
        self.jwks = [jwk]

    def start(self):
        config = os.path.join(self.own, "config.json")
        with open(config, "w", encoding="utf-8") as out:
            json.dump({"issuer": self.issuer, "port": self.port, "key": self.key, "certificate": self.certificate,
                       "jwks": {"keys": self.jwks}, "people": self.people, "inToken": self.in_token,
                       "clients": [{"client_id": CLIENT, "client_secret": SECRET, "redirect_uris": [self.redirect],
                                    "post_logout_redirect_uris": [self.redirect.replace("dang-nhap/oidc/ve", "")],
                                    "id_token_signed_response_alg": self.algorithm}]}, out)
        self.process = subprocess.Popen(["node", "provider.js", config], cwd=HERE, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if "ready" not in self.process.stdout.readline():
            raise AssertionError("the provider does not start: npm ci in tests/oidc")

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.own, ignore_errors=True)

    def visitor(self):
        """A browser of the provider's own pages."""
        trust = ssl.create_default_context(cadata=self.ca)
        return urllib.request.build_opener(urllib.request.HTTPSHandler(context=trust), NoRedirect,
                                           urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def log_in(self, url, who, visitor=None):
        """Log in as WHO, agree, and return where the provider sends the browser in the end."""
        visitor, data = visitor or self.visitor(), None
        for _ in range(12):
            try:
                with visitor.open(url, data, 20) as page:
                    text = page.read().decode()
            except urllib.error.HTTPError as answer:
                if answer.code not in (302, 303):
                    raise AssertionError(f"{url}: {answer.code} {answer.read().decode()[:2000]}") from None
                url, data = urllib.parse.urljoin(url, answer.headers["Location"]), None
                if not url.startswith(self.issuer):
                    return url
                continue
            form = Forms(text)
            url = urllib.parse.urljoin(url, form.action)
            data = urllib.parse.urlencode({**form.fields, "login": who, "password": "x"}).encode()
        raise AssertionError(f"the provider asks without end at {url}")


class Hostile:
    """Speaks the protocol rightly, and tells what the test wants."""

    def __init__(self):
        self.own = tempfile.mkdtemp(prefix="khien-oidc-")
        ca, chain, key = certificate(self.own, "oidc")
        with open(ca, encoding="ascii") as text:
            self.ca = text.read()
        self.signer, self.jwk = new_key("h1")
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.issuer = f"https://127.0.0.1:{self.server.server_port}"
        self.reset()

    def reset(self):
        self.change, self.header, self.sign, self.describe = {}, {}, None, {}
        self.keys = [{k: self.jwk[k] for k in ("kty", "kid", "use", "n", "e")}]
        self.asked, self.nonces, self.challenges, self.shift_s = [], {}, {}, 0

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        shutil.rmtree(self.own, ignore_errors=True)

    def come_back(self, url, **changed):
        """Where the browser sent to URL comes back to."""
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        code = f"code-{len(self.nonces)}"
        self.nonces[code], self.challenges[code] = asked["nonce"], asked["code_challenge"]
        back = {"code": code, "state": asked["state"], "iss": self.issuer, **changed}
        return f"{asked['redirect_uri']}?{urllib.parse.urlencode({k: v for k, v in back.items() if v is not None})}"

    def description(self):
        return {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/a", "token_endpoint":
                f"{self.issuer}/t", "jwks_uri": f"{self.issuer}/k",
                "authorization_response_iss_parameter_supported": True, **self.describe}

    def token(self, form):
        if hashlib.sha256(form["code_verifier"].encode()).digest() != base64.urlsafe_b64decode(
                self.challenges[form["code"]] + "="):
            return 400, {"error": "invalid_grant", "error_description": "PKCE"}
        now = int(time.time()) + self.shift_s
        claims = {"iss": self.issuer, "sub": "u-66", "aud": CLIENT, "exp": now + 300, "iat": now,
                  "nonce": self.nonces[form["code"]], "preferred_username": "mai.do", "name": "Đỗ Mai",
                  "groups": ["can-bo"], **self.change}
        header = {"alg": "RS256", "kid": "h1", **self.header}
        text = f"{b64(json.dumps(header).encode())}." \
               f"{b64(json.dumps({k: v for k, v in claims.items() if v is not None}).encode())}"
        signature = self.sign(text.encode()) if self.sign else \
            self.signer.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return 200, {"id_token": f"{text}.{b64(signature)}", "access_token": "x", "token_type": "Bearer"}

    def handler(self):
        liar = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def answer(self, status, body):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(data)

            def do_GET(self):
                liar.asked.append(self.path)
                self.answer(200, {"keys": liar.keys} if self.path == "/k" else liar.description())

            def do_POST(self):
                liar.asked.append(self.path)
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.answer(*liar.token(dict(urllib.parse.parse_qsl(body))))

        return Handler


def main():
    """oidc.py REDIRECT: a Provider for tests in another language. The first line of the input is its people as JSON,
    the first of the output {"issuer", "ca", "client", "secret"}; then each line "stop" or "start" is done and answered,
    and the end of the input is the end of it."""
    with Provider(sys.argv[1], json.loads(sys.stdin.readline())) as real:
        print(json.dumps({"issuer": real.issuer, "ca": real.ca, "client": CLIENT, "secret": SECRET}), flush=True)
        for line in sys.stdin:
            {"stop": real.stop, "start": real.start}[line.strip()]()
            print(line.strip(), flush=True)


if __name__ == "__main__":
    main()
