"""tsa.py - a time-stamp authority for tests: `openssl ts -reply` under a certificate of its own, as a program and
over HTTP or HTTPS."""
import http.server
import os
import shutil
import ssl
import subprocess
import threading

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {0}/serial
signer_cert = {0}/tsa.pem
certs = {0}/ca.pem
signer_key = {0}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
tsa_name = yes
ess_cert_id_chain = no
[ext]
extendedKeyUsage = critical,timeStamping
"""


def openssl(*words):
    done = subprocess.run(["openssl", *words], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def self_signed(folder, name, subject, *more):
    """(key, certificate)"""
    key, certificate = os.path.join(folder, name + ".key"), os.path.join(folder, name + ".pem")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
            "-out", certificate, "-days", "30", "-subj", subject, *more)
    return key, certificate


class Authority:
    def __init__(self, folder):
        os.makedirs(folder)
        self.folder = folder
        with open(self.path("tsa.cnf"), "w", encoding="ascii") as f:
            f.write(CONFIG.format(folder))
        with open(self.path("serial"), "w", encoding="ascii") as f:
            f.write("01\n")
        key, self.ca = self_signed(folder, "ca", "/CN=CA of the test")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", self.path("tsa.key"), "-out", self.path("tsa.csr"),
                "-subj", "/CN=TSA of the test")
        openssl("x509", "-req", "-in", self.path("tsa.csr"), "-CA", self.ca, "-CAkey", key, "-CAcreateserial",
                "-out", self.path("tsa.pem"), "-days", "30", "-extfile", self.path("tsa.cnf"), "-extensions", "ext")

    def path(self, name):
        return os.path.join(self.folder, name)

    def reply(self, question, reply):
        openssl("ts", "-reply", "-config", self.path("tsa.cnf"), "-queryfile", question, "-out", reply)

    def serve(self, certificate=None):
        """A server of it; with the (key, certificate) of one, over TLS."""
        authority = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with open(authority.path("asked.tsq"), "wb") as f:
                    f.write(body)
                authority.reply(authority.path("asked.tsq"), authority.path("answered.tsr"))
                with open(authority.path("answered.tsr"), "rb") as f:
                    answer = f.read()
                assert self.headers["Content-Type"] == "application/timestamp-query"
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate[1], certificate[0])
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}/"
        return server


HAS_OPENSSL = shutil.which("openssl") is not None
