"""every_page.py PORT COOKIE [ADDRESS...] - an address for every GET route of the program, found as a person finds it: by following
links from the first page on. Prints {route: address} as JSON, for the browser's test of every page.

A route that no page links to is named in UNLINKED, with an address or the reason why it has none.
"""
import html
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse

from flow import BUILD, Browser

# No link leads there, by intent.
UNLINKED = {
    "/thiet-lap": "over once the unit is set up", "/dang-nhap/cho": "a log-in that waits for a directory",
    "/ma-hai-buoc": "before the second step only", "/bat-ma-hai-buoc": "before the second step only",
    "/lich/{}.ics": "its secret is told once, to its owner", "/so/{}/{}": "a short address that papers carry",
    "/quan-tri/danh-ba/thu": "the answer to a form", "/quan-tri/oidc/thu": "the answer to a form",
    "/dang-nhap/oidc": "where a provider is set", "/dang-nhap/oidc/ve": "where a provider sends people back to",
    "/du/{}": "the code at the door, which people scan",
    "/may/{}/tien-trinh.csv": "no picture of processes yet", "/may/{}/tien-trinh/{}": "no review signed yet",
    "/nhat-ky/thang/{}/{}": "no month packed yet", "/nhat-ky/thang/{}/{}.tar": "no month packed yet",
    "/so-vet/{}.tlog-proof": "nothing sealed yet", "/toan-ven.csv": "no baseline yet",
}
ONLY_FIRST = 4      # addresses of one route that are opened in search of links to others


def routes():
    """Rows of the program's own table that are read with GET, the API's left out."""
    told = subprocess.run([os.path.join(BUILD, "tests/unit/route_table")], check=True, capture_output=True).stdout
    return [r for r in json.loads(told)["routes"] if r["method"] == "GET" and not r["path"].startswith("/api/")]


def pattern(path):
    return re.compile("/".join(re.escape(part).replace(r"\{\}", "[^/]+") for part in path.split("/")) + "$")


PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000"
                    "1f15c4890000000d49444154789c63f8cfc0f01f000500027f9e0a1c660000000049454e44ae426082")


def furnish(browser):
    """What a sample has not: a file at a record, and a table with a fault that waits. The addresses that lead there,
    and a case that has ended with its papers."""
    mark = browser.get("/api/v1/session").json()["mark"]
    disposed = re.search(r'href="(/ho-so/\d+)', browser.get("/ho-so?luong=device-disposal&xem=da-xong").text).group(1)
    page = browser.get("/so/devices").text
    record = re.search(r'href="(/ban-ghi/\d+)', page).group(1)
    browser.upload(f"{record}/tep", {"dau": mark}, [("tep", "Biên bản.png", PNG)])
    browser.upload("/so/wifi/nhap", {"dau": mark}, [("tep", "mang.csv", "Tên mạng (SSID),Dành cho\nA,sai\n".encode())])
    for _ in range(100):
        if "/loi.xlsx" in browser.get(browser.path).text:
            break
        time.sleep(0.1)
    return record, browser.path, "/so/devices/sua-nhieu", disposed


def crawl(browser, first=("/hom-nay", "/dang-nhap", "/tai-khoan")):
    """{route: [addresses]} and {address: page} of what was opened."""
    table = [(r["path"], pattern(r["path"])) for r in routes()]
    found, opened, queue = {}, {}, list(first)
    seen = set(queue)
    while queue:
        address = queue.pop(0)
        plain = urllib.parse.urlsplit(address).path
        route = next((name for name, regex in table if regex.match(plain)), None)
        if route is None:
            raise AssertionError(f"a link leads nowhere: {address}")
        found.setdefault(route, []).append(address)
        if len(found[route]) > ONLY_FIRST or route == "/tinh/{}" or route.startswith("/ngon-ngu/"):
            continue
        page = opened[address] = browser.get(address, follow=False)
        links = [page.headers["Location"]] if page.headers.get("Location") else []
        if page.headers.get("Content-Type", "").startswith("text/html"):
            links += re.findall(r'(?:href|src)="(/[^"#]*)', page.text)
        for link in map(html.unescape, links):
            plain = urllib.parse.urlsplit(link).path
            if link not in seen and plain not in seen:
                seen.update((link, plain))
                queue.append(link)
    return found, opened


def is_page(address, opened):
    page = opened.get(address)
    return page is not None and page.status == 200 and page.headers.get("Content-Type", "").startswith("text/html")


if __name__ == "__main__":
    visitor = Browser(int(sys.argv[1]))
    visitor.cookies = dict(pair.split("=", 1) for pair in sys.argv[2].split("; "))
    addresses, pages = crawl(visitor, ("/hom-nay", "/dang-nhap", "/tai-khoan", *sys.argv[3:]))
    print(json.dumps({route: next((a for a in some if is_page(a, pages)), None) for route, some in addresses.items()}))
