#!/usr/bin/env python3
"""The API against its own description: every operation of /api/v1/openapi.json is called on the running server, and
every answer is held by a validator of JSON Schema against the schema that the description promises."""
import copy
import hashlib
import re
import time
import unittest
import urllib.parse

import jsonschema
import sheets
from flow import ADMIN, Server, totp

HEAD = ["Tên mạng (SSID)", "Dành cho", "Trạng thái"]
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")


def strict(schema):
    """The same, where nothing may stand that is not described."""
    if isinstance(schema, list):
        return [strict(x) for x in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(value) for key, value in schema.items()}
    if made.get("type") == "object" and "properties" in made:
        made["additionalProperties"] = False
    return made


class Api(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.start()
        cls.browser = cls.server.set_up()
        cls.key = cls.browser.totp_key
        cls.doc = cls.browser.get("/api/v1/openapi.json").json()
        cls.called = {("get", "/openapi.json")}

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.server.own.cleanup()

    def hold(self, method, path, page):
        """PAGE is what the description says of this operation and this status."""
        answers = self.doc["paths"][path][method]["responses"]
        self.assertIn(str(page.status), answers, f"{method} {path}: {page.text[:300]}")
        (kind, content), = answers[str(page.status)]["content"].items()
        self.assertEqual(page.headers["Content-Type"], kind, f"{method} {path}")
        self.called.add((method, path))
        if kind == "application/octet-stream":
            return None
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema",
                  **strict(copy.deepcopy(content["schema"])), "components": strict(copy.deepcopy(self.doc["components"]))}
        body = page.json()
        jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(body)
        return body

    def call(self, method, path, want, query="", form=None, files=None, mark=True, **args):
        names = {key.rstrip("_"): value for key, value in args.items()}
        address = "/api/v1" + path.format(**{k: urllib.parse.quote(str(v), safe="") for k, v in names.items()}) + query
        headers = {"X-Khien-Mark": self.mark} if mark and method == "post" else {}
        if method == "get":
            page = self.browser.get(address, follow=False)
        elif files:
            page = self.browser.upload(address, form or {}, files, headers=headers, follow=False)
        else:
            page = self.browser.post(address, form or {}, headers=headers, follow=False)
        body = self.hold(method, path, page)
        self.assertIn(page.status, want if isinstance(want, tuple) else (want,), f"{method} {address}: {page.text[:400]}")
        return body if body is not None else page

    def operations(self):
        return {(method, path) for path, item in self.doc["paths"].items() for method in item}

    def test_1_the_description_describes(self):
        self.assertRegex(self.doc["openapi"], r"^3\.1\.")
        for schema in self.doc["components"]["schemas"].values():
            jsonschema.Draft202012Validator.check_schema(schema)
        seen = set()
        for method, path in self.operations():
            operation = self.doc["paths"][path][method]
            self.assertTrue(operation["summary"])
            self.assertNotIn(operation["operationId"], seen)
            seen.add(operation["operationId"])
            told = [p["name"] for p in operation.get("parameters", []) if p["in"] == "path"]
            self.assertEqual(told, [part[1:-1] for part in path.split("/") if part.startswith("{")], path)

    def test_2_nothing_is_told_to_strangers(self):
        stranger = self.server.browser()
        for method, path in sorted(self.operations()):
            if "security" in self.doc["paths"][path][method]:
                continue
            address = "/api/v1" + "/".join("1" if p.startswith("{") else p for p in path.split("/"))
            page = stranger.get(address) if method == "get" else stranger.post(address, {})
            self.hold(method, path, page)
            self.assertEqual(page.status, 401, f"{method} {path}")
        self.called.clear()
        self.called.add(("get", "/openapi.json"))

    def test_3_each_operation_is_called(self):
        self.log_in()
        self.read_what_is_there()
        self.exceptions()
        self.records()
        self.attach()
        self.imports()
        self.people()
        self.many()
        self.many_go_to_another_unit()
        self.ways_to_look()
        self.tokens()
        self.call("post", "/session/end", 200)
        self.call("get", "/session", 401)
        self.assertEqual(self.operations() - self.called, set())

    def log_in(self):
        self.browser.cookies.clear()
        self.mark = ""
        self.call("post", "/session", 401, form={"login": ADMIN[0], "password": "sai"})
        self.server.pass_time(minutes=1)
        code = totp(self.key, time.time() + self.server.shift_s)
        body = self.call("post", "/session", 200, form={"login": ADMIN[0], "password": ADMIN[1], "code": code})
        self.assertEqual(body["stage"], "full")
        self.mark = body["mark"]
        self.assertEqual(self.call("get", "/session", 200)["mark"], self.mark)

    def read_what_is_there(self):
        hosts = self.call("get", "/hosts", 200)
        self.assertEqual((len(hosts["items"]), hosts["next"]), (1, None))
        host = hosts["items"][0]
        self.assertEqual(self.call("get", "/hosts", 200, query="?q=" + host["name"][:3])["items"], [host])
        self.assertEqual(self.call("get", "/hosts", 200, query="?after=" + host["name"])["items"], [])
        self.call("get", "/hosts/{host}", 200, host=host["id"])
        self.call("get", "/hosts/{host}", 404, host=99)
        self.assertGreater(len(self.call("get", "/hosts/{host}/results", 200, host=host["id"])["items"]), 10)
        self.assertTrue(self.call("get", "/hosts/{host}/runs", 200, host=host["id"])["items"])
        verdicts = self.call("get", "/hosts/{host}/verdicts", 200, host=host["id"])["items"]
        self.assertGreaterEqual(len(verdicts), 228)
        self.assertFalse([v for v in verdicts if v["verdict"] == "met" and not v["checks"]], "no evidence is never a pass")
        self.assertEqual(self.call("get", "/log", 200, query="?hoi=khongcodongnao")["lines"], [])
        self.assertTrue([p for p in self.call("get", "/packs", 200)["items"] if p["id"] == "tay-son" and p["in_force"]])
        clauses = self.call("get", "/packs/{pack}/clauses", 200, pack="tay-son")["items"]
        self.assertEqual(len([c for c in clauses if c["id"][1:].isdigit() and c["id"][0] == "D"]), 23)
        self.assertGreaterEqual(len(self.call("get", "/packs/{pack}/obligations", 200, pack="tay-son")["items"]), 228)
        self.call("get", "/packs/{pack}/clauses", 404, pack="khong-co")
        params = {p["id"]: p for p in self.call("get", "/params", 200, query="?level=2")["items"]}
        self.assertEqual(params["session_idle_min"]["winner"]["items"], ["10"])
        self.call("get", "/params", 400, query="?level=9")
        self.call("post", "/audits", (200, 202))     # a slow machine is still at it

    def exceptions(self):
        form = {"host": 1, "nghia-vu": "tay-son/D12.1.b#1", "ly-do": "Chờ thay máy", "nguoi-duyet": "Chủ tịch",
                "den-ngay": "31/12/2029"}
        self.call("post", "/exceptions", 403, form=form, mark=False)
        self.call("post", "/exceptions", 422, form={**form, "ly-do": ""})
        self.call("post", "/exceptions", 201, form=form)
        one = self.call("get", "/exceptions", 200)["items"][0]
        self.call("post", "/exceptions/{exception}/end", 200, exception=one["id"])
        self.assertTrue(self.call("get", "/exceptions", 200)["items"][0]["ended"])
        changes = self.call("get", "/changes", 200, query=f"?loai=exception&so={one['id']}")
        self.assertTrue(changes["complete"])
        self.assertEqual([(c["table"], c["what"]) for c in changes["items"]], [("exception", "set"), ("exception", "add")])
        self.call("get", "/changes", 400, query="?tu=hom-kia")

    def add(self, ssid):
        form = {"ssid": ssid, "doi-tuong": "noi-bo", "trang-thai": "dang-phat"}
        return self.call("post", "/registers/{register}/records", 201, register="wifi", form=form)["id"]

    def records(self):
        wifi = next(r for r in self.call("get", "/registers", 200)["items"] if r["id"] == "wifi")
        self.assertIn("ssid", [f["id"] for f in wifi["fields"]])
        form = {"ssid": "", "doi-tuong": "noi-bo", "trang-thai": "dang-phat"}
        self.call("post", "/registers/{register}/records", 403, register="wifi", form=form, mark=False)
        faulty = self.call("post", "/registers/{register}/records", 422, register="wifi", form=form)
        self.assertIn("ssid", [f["field"] for f in faulty["faults"]])
        record = self.add("XaTest")
        listed = self.call("get", "/registers/{register}/records", 200, register="wifi", query="?tim=xatest")["items"]
        self.assertEqual([r["values"]["ssid"] for r in listed], ["XaTest"])
        form = {"version": 1, "trang-thai": "da-tat", "why": "tắt ban đêm"}
        self.call("post", "/records/{record}", 200, record=record, form=form)
        self.call("post", "/records/{record}", 409, record=record, form=form)
        now = self.call("get", "/records/{record}", 200, record=record)
        self.assertEqual((now["values"]["trang-thai"], now["values"]["ssid"]), ("da-tat", "XaTest"))
        self.call("post", "/records/{record}/cancel", 200, record=record, form={"version": 2, "why": "nhập nhầm"})
        self.assertTrue(self.call("get", "/records/{record}", 200, record=record)["cancelled"])
        back = self.call("post", "/records/{record}/undo", 200, record=record, form={"version": 3})
        self.assertEqual((back["cancelled"], back["values"]["trang-thai"]), (False, "da-tat"))
        self.call("post", "/records/{record}/undo", 409, record=record, form={"version": 3})

    def attach(self):
        record = self.add("CoTep")
        self.call("post", "/records/{record}/files", 422, record=record, form={"field": "ssid"},
                  files=[("file", "a.png", PNG)])
        self.call("post", "/records/{record}/files", 422, record=record, files=[("file", "a.png", b"")])
        made = self.call("post", "/records/{record}/files", 201, record=record, files=[("file", "Sơ đồ.png", PNG)])
        one, = made["items"]
        self.assertEqual((one["name"], one["bytes"], one["type"], one["sha256"]),
                         ("Sơ đồ.png", len(PNG), "image/png", hashlib.sha256(PNG).hexdigest()))
        got = self.call("get", "/files/{file}/bytes", 200, file=one["id"])
        self.assertEqual(got.body, PNG)
        self.assertEqual(got.headers["ETag"], f'"{one["sha256"]}"')
        self.call("post", "/files/{file}/remove", 400, file=one["id"], form={"why": ""})
        gone = self.call("post", "/files/{file}/remove", 200, file=one["id"], form={"why": "nhầm bản ghi"})
        self.assertEqual(gone["removed_why"], "nhầm bản ghi")
        self.call("post", "/files/{file}/remove", 409, file=one["id"], form={"why": "lần nữa"})
        self.assertIsNone(self.call("post", "/files/{file}/restore", 200, file=one["id"])["removed"])
        self.call("post", "/files/{file}/restore", 409, file=one["id"])
        self.assertEqual(len(self.call("get", "/records/{record}/files", 200, record=record)["items"]), 1)
        self.assertEqual(self.call("get", "/files/{file}", 200, file=one["id"])["key"], str(record))
        self.call("get", "/files/{file}", 404, file=99)

    def tokens(self):
        page = self.browser.post("/tai-khoan/ma-api", {"dau": self.mark, "ten-ma": "chương trình", "quyen": "ghi"})
        self.assertEqual(page.status, 200, page.text)
        one, = self.call("get", "/tokens", 200)["items"]
        self.assertEqual((one["name"], one["scope"], one["live"], one["used"]), ("chương trình", "write", True, None))
        self.call("post", "/tokens/{token}/end", 403, token=one["id"], mark=False)
        self.call("post", "/tokens/{token}/end", 200, token=one["id"])
        self.call("post", "/tokens/{token}/end", 404, token=one["id"])
        self.assertFalse(self.call("get", "/tokens", 200)["items"][0]["live"])

    def settled(self, job, *states):
        for _ in range(200):
            body = self.call("get", "/imports/{import}", 200, import_=job)
            if body["state"] in states:
                return body
            time.sleep(0.1)
        raise AssertionError(f"never {states}: {body}")

    def bring(self, rows, name="mang.xlsx"):
        table = sheets.xlsx([sheets.Sheet("Mạng", [HEAD] + rows)])
        job = self.call("post", "/registers/{register}/imports", 202, register="wifi", form={"unit": 1},
                        files=[("file", name, table)])["id"]
        return job, self.settled(job, "checked", "refused")

    def imports(self):
        self.call("post", "/registers/{register}/imports", 422, register="wifi", files=[("file", "a.csv", b"")])
        job, body = self.bring([["Nhap-1", "Cán bộ, nối mạng nội bộ", "đang phát"], ["", "Cán bộ, nối mạng nội bộ", "lạ"]])
        self.assertEqual((body["rows"], body["faults"] > 0), (2, True))
        faults = self.call("get", "/imports/{import}/faults", 200, import_=job)
        self.assertEqual({f["row"] for f in faults["items"]}, {3})
        self.assertTrue(all(f["words"] and f["mend"] for f in faults["items"]))
        self.call("post", "/imports/{import}/confirm", 409, import_=job)
        self.assertEqual(self.call("post", "/imports/{import}/drop", 200, import_=job)["state"], "dropped")
        job, body = self.bring([["Nhap-1", "Cán bộ, nối mạng nội bộ", "đang phát"], ["Nhap-2", "Khách, người ngoài", "đang phát"]])
        self.assertEqual((body["faults"], body["added"]), (0, 2))
        count = lambda: len(self.call("get", "/registers/{register}/records", 200, register="wifi",
                                      query="?tim=nhap")["items"])
        self.assertEqual(count(), 0, "nothing is saved before somebody confirms")
        self.call("post", "/imports/{import}/undo", 409, import_=job)
        self.call("post", "/imports/{import}/confirm", 200, import_=job)
        self.settled(job, "saved")
        self.assertEqual(count(), 2)
        self.call("post", "/imports/{import}/undo", 200, import_=job)
        self.assertEqual(self.settled(job, "undone")["left"], 0)
        self.assertEqual(count(), 0)

    def people(self):
        """The roster comes by the same door and the same rules."""
        head = "Họ tên,Mã,Chức danh,Phòng ban,Email,Trạng thái\n"
        bring = lambda text: self.settled(self.call(
            "post", "/registers/{register}/imports", 202, register="nhan-su", form={"unit": 1},
            files=[("file", "nguoi.csv", text.encode())])["id"], "checked", "refused")
        body = bring(head + ",CB-9,x,,khong-phai-thu,bay mất\nLê An,CB-2,,Không Có,,\n")
        faults = self.call("get", "/imports/{import}/faults", 200, import_=body["id"])["items"]
        self.assertEqual([(f["row"], f["heading"]) for f in faults],
                         [(2, "Trạng thái"), (2, "Họ tên"), (2, "Email"), (3, "Phòng ban")])
        self.call("post", "/imports/{import}/confirm", 409, import_=body["id"])
        body = bring(head + "Đặng Ánh,CB-1,Chuyên viên,,anh@xa.vn,\nLê Bình,CB-2,,xã tây sơn,,\n")
        self.assertEqual((body["register"], body["faults"], body["added"]), ("nhan-su", 0, 2))
        listed = lambda: self.browser.get("/nhan-su.csv").text.count("CB-")
        self.assertEqual(listed(), 0, "nothing is saved before somebody confirms")
        self.call("post", "/imports/{import}/confirm", 200, import_=body["id"])
        self.settled(body["id"], "saved")
        self.assertEqual(listed(), 2)
        self.call("post", "/imports/{import}/undo", 200, import_=body["id"])
        self.assertEqual(self.settled(body["id"], "undone")["left"], 0)
        self.assertEqual(listed(), 0)

    def many(self):
        ids = [self.add(f"Nhieu-{i}") for i in range(3)]
        form = [("id", i) for i in ids] + [("field", "trang-thai"), ("why", "bảo trì")]
        look = self.call("post", "/registers/{register}/bulk", 200, register="wifi", form=form + [("value", "da-tat")])
        self.assertEqual([x["changes"] for x in look["items"]], [True] * 3)
        self.assertEqual(look["import"], 0)
        wrong = self.call("post", "/registers/{register}/bulk", 200, register="wifi", form=form + [("value", "lạ")])
        self.assertTrue(all(x["fault"] for x in wrong["items"]))
        state = lambda i: self.call("get", "/records/{record}", 200, record=i)["values"]["trang-thai"]
        self.assertEqual(state(ids[0]), "dang-phat", "a look saves nothing")
        self.call("post", "/records/{record}", 200, record=ids[2], form={"version": 1, "ssid": "Nhieu-khac"})
        saved = self.call("post", "/registers/{register}/bulk", 200, register="wifi",
                          form=form + [("value", "da-tat"), ("mark", look["mark"])])
        self.assertEqual([state(i) for i in ids], ["da-tat", "da-tat", "dang-phat"], "what changed since stays")
        undo = {"import": saved["import"]}
        self.assertEqual(self.call("post", "/registers/{register}/bulk/undo", 200, register="wifi", form=undo)["left"], 0)
        self.assertEqual(state(ids[0]), "dang-phat")
        self.call("post", "/registers/{register}/bulk/undo", 409, register="wifi", form=undo)
        self.call("post", "/registers/{register}/bulk", 422, register="wifi", form={"field": "trang-thai"})
        self.call("post", "/registers/{register}/bulk", 404, register="wifi", form={"id": 99999, "field": "trang-thai"})

    def many_go_to_another_unit(self):
        self.browser.post("/don-vi/1/them", {"dau": self.mark, "cap-tren": 1, "ten": "Phòng Máy", "loai": "department",
                                             "so-qd": "1/QĐ", "ngay-ky": "01/01/2020", "hieu-luc": "01/01/2020"})
        unit = int(re.search(r'/don-vi/(\d+)">Phòng Máy<', self.browser.get("/don-vi").text).group(1))
        ids = [self.add(f"Chuyen-{i}") for i in range(2)]
        form = [("id", i) for i in ids] + [("unit", unit), ("why", "bàn giao")]
        look = self.call("post", "/registers/{register}/bulk", 200, register="wifi", form=form)
        self.assertEqual([x["changes"] for x in look["items"]], [True] * 2)
        whose = lambda: [self.call("get", "/records/{record}", 200, record=i)["unit"] for i in ids]
        self.assertEqual(whose(), [1, 1])
        saved = self.call("post", "/registers/{register}/bulk", 200, register="wifi", form=form + [("mark", look["mark"])])
        self.assertEqual(whose(), [unit] * 2)
        self.call("post", "/registers/{register}/bulk/undo", 200, register="wifi", form={"import": saved["import"]})
        self.assertEqual(whose(), [1, 1])
        self.call("post", "/registers/{register}/bulk", 403, register="wifi", form=[("id", ids[0]), ("unit", 99999)])
        both = form + [("field", "trang-thai"), ("value", "da-tat")]
        self.call("post", "/registers/{register}/bulk", 422, register="wifi", form=both)

    def ways_to_look(self):
        self.assertEqual(self.call("get", "/registers/{register}/views", 200, register="wifi")["items"], [])
        kept = {"name": "Đã tắt", "query": "?l-trang-thai=da-tat"}
        made = self.call("post", "/registers/{register}/views", 200, register="wifi", form=kept)
        self.assertEqual(made["items"], [kept])
        self.call("post", "/registers/{register}/views", 400, register="wifi", form={"name": "x", "query": "//ngoai"})
        gone = self.call("post", "/registers/{register}/views", 200, register="wifi", form={"name": "Đã tắt", "query": ""})
        self.assertEqual(gone["items"], [])


if __name__ == "__main__":
    unittest.main()
