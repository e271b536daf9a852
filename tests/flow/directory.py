"""directory.py - a real slapd with its own certificate, for the tests of logging in by LDAP.

    with Directory() as ldap:
        ldap.url, ldap.ca, ldap.base            # ldaps://127.0.0.1:PORT, PEM, dc=tay-son,dc=vn
        ldap.modify("dn: cn=can-bo,ou=nhom,dc=tay-son,dc=vn\\nchangetype: modify\\n…")
        ldap.stop(); ldap.start()
"""
import datetime
import ipaddress
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

from flow import free_port

SLAPD = shutil.which("slapd") or next((p for p in ("/usr/sbin/slapd", "/usr/lib/openldap/slapd")
                                       if os.path.exists(p)), None)
BASE = "dc=tay-son,dc=vn"
READER = (f"cn=khien,{BASE}", "Doc-danh-ba-1")
PEOPLE = {"binh.tran": ("Trần Bình", "Suoi-Nguon-2026"), "chi.pham": ("Phạm Chi", "Deo-Cao-2026"),
          "dung.vo": ("Võ Dũng", "Rung-Xanh-2026"), "le.quan": ("Lê Quân", "Bien-Rong-2026")}
GROUPS = {"can-bo": ["binh.tran"], "van-thu": ["chi.pham"], "quan-tri": ["le.quan"]}


def certificate(folder, name, address="127.0.0.1"):
    """A CA and a certificate of ADDRESS signed by it: (path of the CA, of the certificate, of its key)."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def pair(subject, issuer, issuer_key, is_ca):
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.timezone.utc)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject)
        made = made.public_key(key.public_key()).serial_number(x509.random_serial_number())
        made = made.not_valid_before(now - datetime.timedelta(days=2))
        made = made.not_valid_after(now + datetime.timedelta(days=3650))
        made = made.add_extension(x509.BasicConstraints(is_ca, None), True)
        if not is_ca:
            names = [x509.IPAddress(ipaddress.ip_address(address)), x509.DNSName("localhost")]
            made = made.add_extension(x509.SubjectAlternativeName(names), False)
        return key, made.sign(issuer_key or key, hashes.SHA256())

    def named(text):
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    ca_key, ca = pair(named(f"{name} CA"), None, None, True)
    key, cert = pair(named(address), ca.subject, ca_key, False)
    paths = [os.path.join(folder, f"{name}-{part}.pem") for part in ("ca", "cert", "key")]
    for path, data in zip(paths, (ca.public_bytes(serialization.Encoding.PEM),
                                  cert.public_bytes(serialization.Encoding.PEM),
                                  key.private_bytes(serialization.Encoding.PEM,
                                                    serialization.PrivateFormat.TraditionalOpenSSL,
                                                    serialization.NoEncryption()))):
        with open(path, "wb") as out:
            out.write(data)
    return paths


class Refusals:
    """What stands before slapd's own look at a password (its overlay "sock"): it refuses a password that is right in the
    words in which Active Directory does, and lets slapd judge all others."""

    def __init__(self, path, table):
        """TABLE: DN: (right password, the number that Active Directory gives for why it is of no use)."""
        self.table, self.socket = {dn.lower(): row for dn, row in table.items()}, socket.socket(socket.AF_UNIX)
        self.socket.bind(path)
        self.socket.listen(64)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                line, _ = self.socket.accept()
            except OSError:
                return
            with line, line.makefile("rwb") as said:
                asked = dict(row.decode().rstrip("\n").partition(": ")[::2] for row in iter(said.readline, b"\n") if row)
                password, data = self.table.get(asked.get("dn", "").lower(), (None, None))
                said.write(b"CONTINUE\n" if asked.get("cred") != password else
                           b"RESULT\ncode: 49\ninfo: 80090308: LdapErr: DSID-0C0903A9, comment: "
                           b"AcceptSecurityContext error, data " + data.encode() + b", v1db1\n")

    def close(self):
        self.socket.close()


class Directory:
    def __init__(self, schema="", rows=(), refusals=None):
        """SCHEMA: more of it, as slapd.conf has it; ROWS: more entries, as LDIF; REFUSALS: the table of Refusals."""
        self.base, self.process, self.schema, self.rows = BASE, None, schema, list(rows)
        self.refusals, self.front = refusals, None

    def __enter__(self):
        self.own = tempfile.TemporaryDirectory(prefix="khien-ldap-")
        self.folder = self.own.name
        self.plain_port, self.tls_port = free_port(), free_port()
        self.url, self.starttls_url = f"ldaps://127.0.0.1:{self.tls_port}", f"ldap://127.0.0.1:{self.plain_port}"
        ca, cert, key = certificate(self.folder, "dung")
        with open(ca, encoding="ascii") as text:
            self.ca = text.read()
        os.mkdir(os.path.join(self.folder, "data"))
        with open(os.path.join(self.folder, "slapd.conf"), "w", encoding="utf-8") as out:
            out.write(f"""include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
{self.schema}
modulepath /usr/lib/ldap
moduleload back_mdb
{"moduleload back_sock" if self.refusals else ""}
pidfile {self.folder}/pid
TLSCACertificateFile {ca}
TLSCertificateFile {cert}
TLSCertificateKeyFile {key}
security simple_bind=128
sizelimit size.soft=60 size.hard=60 size.pr=60 size.prtotal=unlimited
database mdb
suffix {BASE}
directory {self.folder}/data
rootdn cn=root,{BASE}
rootpw goc
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{READER[0]}" read by anonymous auth by * none
""")
            if self.refusals:
                out.write(f"overlay sock\nextensions binddn\nsocketpath {self.folder}/front\nsockops bind\n")
        if self.refusals:
            self.front = Refusals(f"{self.folder}/front", self.refusals)
        self.load()
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        if self.front:
            self.front.close()
        self.own.cleanup()

    def load(self):
        rows = [f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Tây Sơn\n",
                f"dn: ou=nguoi,{BASE}\nobjectClass: organizationalUnit\nou: nguoi\n",
                f"dn: ou=nhom,{BASE}\nobjectClass: organizationalUnit\nou: nhom\n",
                f"dn: {READER[0]}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\n"
                f"userPassword: {READER[1]}\n"]
        for uid, (name, password) in PEOPLE.items():
            rows.append(f"dn: uid={uid},ou=nguoi,{BASE}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {name}\n"
                        f"sn: {name.split()[0]}\nmail: {uid}@tay-son.vn\nuserPassword: {password}\n")
        for group, members in GROUPS.items():
            rows.append(f"dn: cn={group},ou=nhom,{BASE}\nobjectClass: groupOfNames\ncn: {group}\n"
                        + "".join(f"member: uid={uid},ou=nguoi,{BASE}\n" for uid in members))
        rows += self.rows
        subprocess.run([SLAPD.replace("slapd", "slapadd"), "-f", f"{self.folder}/slapd.conf"], check=True,
                       input="\n".join(rows).encode(), capture_output=True)

    def start(self):
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen(
                [SLAPD, "-d", "stats", "-f", f"{self.folder}/slapd.conf",
                 "-h", f"{self.starttls_url} {self.url}"], stdout=log, stderr=log)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.tls_port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("slapd does not listen")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)

    def modify(self, ldif):
        """Changes as the directory's own keeper makes them."""
        done = subprocess.run(["ldapmodify", "-ZZ", "-H", self.starttls_url, "-x", "-D", f"cn=root,{BASE}",
                               "-w", "goc"], input=ldif.encode(), capture_output=True, check=False,
                              env={**os.environ, "LDAPTLS_CACERT": os.path.join(self.folder, "dung-ca.pem")})
        if done.returncode:
            raise AssertionError(done.stderr.decode())

    def refused(self):
        """How many passwords it has refused so far."""
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
            return log.read().count(" err=49 ")

    def set_members(self, group, members):
        self.modify(f"dn: cn={group},ou=nhom,{BASE}\nchangetype: modify\nreplace: member\n"
                    + "".join(f"member: uid={uid},ou=nguoi,{BASE}\n" for uid in members))
