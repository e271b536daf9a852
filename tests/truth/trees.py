#!/usr/bin/env python3
"""trees.py - stock Debian trees for the truth suite, made by Debian's own tools and kept between runs.

    with trees.mounted("debian-12", "nginx") as root: ...

A tree is debootstrap's default system; a package is installed into it by apt in a chroot, where no
service starts, and kept as the difference (an overlay). Everything is below KHIEN_TREES, else
$XDG_CACHE_HOME/khien-test, else /var/cache/khien-test; remove that folder to make them anew.
As a program: `trees.py [RELEASE...]` makes whatever is missing.
"""
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile

CACHE = os.environ.get("KHIEN_TREES") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or "/var/cache", "khien-test")
MIRROR = os.environ.get("KHIEN_MIRROR", "http://deb.debian.org/debian")
RELEASES = {"debian-12": "bookworm", "debian-13": "trixie"}
PACKAGES = ["nginx", "apache2", "postgresql", "mariadb-server", "redis-server", "samba",
            "nfs-kernel-server", "openssh-server", "docker.io", "php-fpm", "tomcat10", "bind9",
            "dnsmasq", "postfix", "dovecot-imapd", "vsftpd", "clamav-daemon", "fail2ban", "ufw",
            "snmpd", "proftpd-core", "unattended-upgrades", "isc-dhcp-server", "rsyslog"]
SECONDS = 1200


class Missing(Exception):
    """A tree that is not there and cannot be made here, with the reason."""


def can_build():
    """None, or why trees cannot be made here."""
    if os.geteuid() != 0:
        return "only root can make trees"
    for program in ("debootstrap", "mount", "chroot"):
        if not shutil.which(program):
            return f"{program} is not installed"
    return None


def run(words, **more):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=SECONDS, check=False, **more)
    if done.returncode:
        raise Missing(f"{' '.join(words[:4])}: {done.stdout.strip()[-400:]}")


def remove(path):
    if os.path.exists(path):
        subprocess.run(["rm", "-rf", "--one-file-system", path], check=False)


def base(release, variant=None):
    """The stock tree of RELEASE, or a VARIANT of debootstrap's."""
    path = os.path.join(CACHE, release, variant or "base")
    if os.path.isdir(path):
        return path
    why = can_build()
    if why:
        raise Missing(why)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    remove(path + ".new")
    run(["debootstrap", *([f"--variant={variant}"] if variant else []), RELEASES[release], path + ".new", MIRROR])
    os.rename(path + ".new", path)
    return path


@contextlib.contextmanager
def overlay(lowers, upper=None, work=None):
    where = tempfile.mkdtemp(prefix="khien-tree-")
    options = "lowerdir=" + ":".join(lowers)
    if upper:
        options += f",upperdir={upper},workdir={work}"
    try:
        run(["mount", "-t", "overlay", "overlay", "-o", options, where])
        try:
            yield where
        finally:
            run(["umount", "--lazy", where])
    finally:
        with contextlib.suppress(OSError):
            os.rmdir(where)


def install(root, package):
    """As an administrator would, but nothing is started."""
    policy = os.path.join(root, "usr/sbin/policy-rc.d")
    with open(policy, "w", encoding="ascii") as out:
        out.write("#!/bin/sh\nexit 101\n")
    os.chmod(policy, 0o755)
    resolv = os.path.join(root, "etc/resolv.conf")
    had = os.path.lexists(resolv)
    kept = open(resolv, "rb").read() if os.path.isfile(resolv) else None
    if os.path.islink(resolv):
        os.unlink(resolv)
    shutil.copy("/etc/resolv.conf", resolv)
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C",
           **{k: v for k, v in os.environ.items() if k.lower().endswith("_proxy")}}
    run(["mount", "-t", "proc", "proc", os.path.join(root, "proc")])     # java asks for it
    apt = ["chroot", root, "apt-get", "-q", "-y", "-o", "Dpkg::Use-Pty=0"]
    try:
        run([*apt, "update"], env=env)
        run([*apt, "install", package], env=env)
        run([*apt, "clean"], env=env)
    finally:
        run(["umount", os.path.join(root, "proc")])
        os.unlink(policy)
        if kept is not None:
            with open(resolv, "wb") as out:
                out.write(kept)
        elif not had:
            os.unlink(resolv)


def difference(release, package):
    """What installing PACKAGE changed in the stock tree: the upper folder of an overlay."""
    lower, path = base(release), os.path.join(CACHE, release, package)
    if os.path.isdir(path):
        return path
    why = can_build()
    if why:
        raise Missing(why)
    work = path + ".work"
    for old in (path + ".new", work):
        remove(old)
        os.makedirs(old)
    with overlay([lower], path + ".new", work) as root:
        install(root, package)
    remove(work)
    os.rename(path + ".new", path)
    return path


@contextlib.contextmanager
def mounted(release, package=None):
    """The tree, read only, as a folder."""
    if package is None:
        yield base(release)
        return
    with overlay([difference(release, package), base(release)]) as root:
        yield root


@contextlib.contextmanager
def writable(lower):
    """A tree over LOWER that may be changed: what is changed is thrown away."""
    scratch = tempfile.mkdtemp(prefix="khien-tree-")
    try:
        run(["mount", "-t", "tmpfs", "tmpfs", scratch])
        try:
            for name in ("upper", "work"):
                os.mkdir(os.path.join(scratch, name))
            with overlay([lower], os.path.join(scratch, "upper"), os.path.join(scratch, "work")) as root:
                yield root
        finally:
            run(["umount", "--lazy", scratch])
    finally:
        with contextlib.suppress(OSError):
            os.rmdir(scratch)


def main(names):
    for release in names or RELEASES:
        for package in [None, *PACKAGES]:
            try:
                where = difference(release, package) if package else base(release)
                print(f"{release} {package or '(stock)'}: {where}", flush=True)
            except (Missing, subprocess.TimeoutExpired) as error:
                print(f"{release} {package or '(stock)'}: {error}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
