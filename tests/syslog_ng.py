"""syslog_ng.py: syslog-ng, of the machine or as ./dev unpacks it beside rsyslog: Debian has the two exclude each other."""
import glob
import os
import shutil

BESIDE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), ".dev", "syslog-ng")
INSTALLED = shutil.which("syslog-ng", path=os.environ.get("PATH", "") + ":/usr/sbin")
BINARY = INSTALLED or os.path.join(BESIDE, "usr", "sbin", "syslog-ng")
IS_HERE = os.path.exists(BINARY)
LIB = "/usr/lib" if INSTALLED else os.path.join(BESIDE, "usr", "lib")
# of its own package, of those it needs
LIBRARIES = [f"{LIB}/syslog-ng", *glob.glob(f"{LIB}/*-linux-gnu*"), *glob.glob(f"{BESIDE}/lib/*-linux-gnu*")]
ENV = {} if INSTALLED else {"LD_LIBRARY_PATH": ":".join(LIBRARIES)}


def command(base):
    """The words that start it with the settings in BASE/c.conf."""
    return [BINARY, "-F", "-f", f"{base}/c.conf", "-R", f"{base}/persist", "-p", f"{base}/pid", "-c", f"{base}/ctl",
            "--module-path", glob.glob(f"{LIB}/syslog-ng/[0-9]*")[0]]
