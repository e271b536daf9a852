// api.test.js - the API against its own description: every operation is called, every answer is of the
// form that /api/v1/openapi.json promises.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADMIN, Server, closeBrowser, newPage, setUp, totp } from "./khien.js";

let server, doc, api, mark;
const called = new Set();

// As much of JSON Schema as the description uses; anything else in it is a fault.
const KNOWN = new Set(["type", "enum", "properties", "required", "items", "$ref", "format", "minimum", "maximum",
	"description"]);

function typeOf(value) {
	if (value === null) { return "null"; }
	if (Array.isArray(value)) { return "array"; }
	return Number.isInteger(value) ? "integer" : typeof value;
}

function check(schema, value, at) {
	for (const key of Object.keys(schema)) { assert.ok(KNOWN.has(key), `${at}: ${key} in a schema`); }
	if (schema.$ref) {
		const name = schema.$ref.split("/").at(-1);
		check(doc.components.schemas[name], value, at);
		return;
	}
	if (schema.enum) { assert.ok(schema.enum.includes(value), `${at}: ${value}`); }
	if (schema.type) {
		assert.ok([schema.type].flat().includes(typeOf(value)), `${at}: ${typeOf(value)}, not ${schema.type}`);
	}
	if (schema.format === "date-time" && value !== null) { assert.match(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00$/, at); }
	if (schema.format === "date" && value !== null) { assert.match(value, /^\d{4}-\d\d-\d\d$/, at); }
	for (const name of schema.required || []) { assert.ok(name in value, `${at}.${name} is missing`); }
	if (schema.properties && typeOf(value) === "object") {
		for (const [name, inner] of Object.entries(value)) {
			assert.ok(schema.properties[name], `${at}.${name} is not described`);
			check(schema.properties[name], inner, `${at}.${name}`);
		}
	}
	if (schema.items) { value.forEach((inner, i) => check(schema.items, inner, `${at}[${i}]`)); }
}

// Call an operation; the answer's status and body must be described.
async function call(method, path, { args = {}, form, headers = {}, query = "" } = {}) {
	const operation = doc.paths[path][method];
	const url = "/api/v1" + path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(args[name])) + query;
	const answer = await api[method](url, { form, headers });
	const described = operation.responses[answer.status()];
	assert.ok(described, `${method} ${path}: ${answer.status()} is not described`);
	const [type, content] = Object.entries(described.content)[0];
	assert.equal(answer.headers()["content-type"], type, `${method} ${path}`);
	const body = await answer.json();
	check(content.schema, body, `${method} ${path}`);
	called.add(`${method} ${path}`);
	return { status: answer.status(), body };
}

before(async () => {
	server = await Server.start();
	const page = await newPage(server);
	await setUp(page, server);
	await page.context().close();
	api = (await newPage(server)).request;
	doc = await (await api.get("/api/v1/openapi.json")).json();
	called.add("get /openapi.json");
});

after(async () => {
	await closeBrowser();
	await server?.stop();
});

test("the description is OpenAPI 3.1", () => {
	assert.match(doc.openapi, /^3\.1\./);
	for (const [path, item] of Object.entries(doc.paths)) {
		for (const [method, operation] of Object.entries(item)) {
			assert.ok(operation.operationId && operation.summary, `${method} ${path}`);
			const names = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
			const described = (operation.parameters || []).filter((p) => p.in === "path").map((p) => p.name);
			assert.deepEqual(described, names, path);
		}
	}
});

test("nothing is told to strangers", async () => {
	for (const [path, item] of Object.entries(doc.paths)) {
		for (const [method, operation] of Object.entries(item)) {
			if (operation.security) { continue; }
			const answer = await call(method, path, { args: { host: 1, pack: "tay-son", exception: 1, register: "wifi", record: 1 } });
			assert.equal(answer.status, 401, `${method} ${path}`);
		}
	}
	called.clear();
	called.add("get /openapi.json");
});

test("log in, with the second step", async () => {
	const wrong = await call("post", "/session", { form: { login: ADMIN.login, password: "sai" } });
	assert.equal(wrong.status, 401);
	server.pass({ seconds: 60 });
	const right = await call("post", "/session", { form: { login: ADMIN.login, password: ADMIN.password,
		code: totp(server.key, server.now()) } });
	assert.equal(right.status, 200);
	assert.equal(right.body.stage, "full");
	mark = right.body.mark;
	const now = await call("get", "/session");
	assert.equal(now.body.mark, mark);
});

test("what is there to read", async () => {
	const hosts = (await call("get", "/hosts")).body.items;
	assert.equal(hosts.length, 1);
	const args = { host: hosts[0].id };
	await call("get", "/hosts/{host}", { args });
	assert.ok((await call("get", "/hosts/{host}/results", { args })).body.items.length > 10);
	assert.ok((await call("get", "/hosts/{host}/runs", { args })).body.items.length >= 1);
	const verdicts = (await call("get", "/hosts/{host}/verdicts", { args })).body.items;
	assert.ok(verdicts.length >= 228);
	assert.ok(verdicts.every((v) => v.verdict !== "met" || v.checks.length > 0), "no evidence is never a pass");
	assert.equal((await call("get", "/hosts/{host}", { args: { host: 99 } })).status, 404);
	assert.deepEqual((await call("get", "/log", { query: "?hoi=khongcodongnao" })).body.lines, []);
	const packs = (await call("get", "/packs")).body.items;
	assert.ok(packs.some((p) => p.id === "tay-son" && p.in_force));
	const clauses = (await call("get", "/packs/{pack}/clauses", { args: { pack: "tay-son" } })).body.items;
	assert.equal(clauses.filter((c) => /^D\d+$/.test(c.id)).length, 23);
	assert.ok((await call("get", "/packs/{pack}/obligations", { args: { pack: "tay-son" } })).body.items.length >= 228);
	assert.equal((await call("get", "/packs/{pack}/clauses", { args: { pack: "khong-co" } })).status, 404);
	const params = (await call("get", "/params", { query: "?level=2" })).body.items;
	assert.deepEqual(params.find((p) => p.id === "session_idle_min").winner.items, ["10"]);
	assert.equal((await call("get", "/params", { query: "?level=9" })).status, 400);
});

// A record is written, read, changed by two and cancelled.
async function records(headers) {
	const registers = (await call("get", "/registers")).body.items;
	assert.ok(registers.some((r) => r.id === "wifi" && r.fields.some((f) => f.id === "ssid")));
	const form = { ssid: "XaTest", "doi-tuong": "noi-bo", "trang-thai": "dang-phat" };
	const args = { register: "wifi" };
	assert.equal((await call("post", "/registers/{register}/records", { args, form })).status, 403);
	const faulty = await call("post", "/registers/{register}/records", { args, form: { ...form, ssid: "" }, headers });
	assert.equal(faulty.status, 422);
	assert.ok(faulty.body.faults.some((f) => f.field === "ssid"));
	const made = await call("post", "/registers/{register}/records", { args, form, headers });
	assert.equal(made.status, 201, JSON.stringify(made.body));
	const list = (await call("get", "/registers/{register}/records", { args, query: "?tim=xatest" })).body.items;
	assert.deepEqual(list.map((r) => r.values.ssid), ["XaTest"]);
	const at = { record: made.body.id };
	const next = { version: String(made.body.version), "trang-thai": "da-tat", why: "tắt ban đêm" };
	assert.equal((await call("post", "/records/{record}", { args: at, form: next, headers })).status, 200);
	assert.equal((await call("post", "/records/{record}", { args: at, form: next, headers })).status, 409);
	const now = (await call("get", "/records/{record}", { args: at })).body;
	assert.equal(now.values["trang-thai"], "da-tat");
	assert.equal(now.values.ssid, "XaTest");
	const end = { version: String(now.version), why: "nhập nhầm" };
	assert.equal((await call("post", "/records/{record}/cancel", { args: at, form: end, headers })).status, 200);
	assert.equal((await call("get", "/records/{record}", { args: at })).body.cancelled, true);
}

test("what may be changed, only with the mark", async () => {
	const exception = { host: "1", "nghia-vu": "tay-son/D12.1.b#1", "ly-do": "Chờ thay máy", "nguoi-duyet": "Chủ tịch",
		"den-ngay": "31/12/2029" };
	assert.equal((await call("post", "/exceptions", { form: exception })).status, 403);
	const headers = { "X-Khien-Mark": mark };
	assert.equal((await call("post", "/exceptions", { form: { ...exception, "ly-do": "" }, headers })).status, 422);
	assert.equal((await call("post", "/exceptions", { form: exception, headers })).status, 201);
	const list = (await call("get", "/exceptions")).body.items;
	assert.equal(list[0].obligation, "tay-son/D12.1.b#1");
	await call("post", "/exceptions/{exception}/end", { args: { exception: list[0].id }, form: {}, headers });
	assert.ok((await call("get", "/exceptions")).body.items[0].ended);
	const changes = (await call("get", "/changes", { query: `?loai=exception&so=${list[0].id}` })).body;
	assert.ok(changes.complete);
	assert.deepEqual(changes.items.map((c) => [c.table, c.what]), [["exception", "set"], ["exception", "add"]]);
	assert.equal((await call("get", "/changes", { query: "?tu=hom-kia" })).status, 400);
	const audit = await call("post", "/audits", { form: {}, headers });
	assert.equal(audit.status, 200);
	await records(headers);
	await call("post", "/session/end", { form: {}, headers });
	assert.equal((await call("get", "/session")).status, 401);
});

test("every operation was called", () => {
	const all = Object.entries(doc.paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`));
	assert.deepEqual(all.filter((name) => !called.has(name)), []);
});
