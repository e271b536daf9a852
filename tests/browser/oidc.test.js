// oidc.test.js - logging in at an OpenID Connect provider, in a real browser against a real provider: there and back,
// out again, and what each refusal says to the one who stands before it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { Server, SOURCE, closeBrowser, fill, newPage, press, screenPath, setUp } from "./khien.js";

const PEOPLE = {
	"u-1": { preferred_username: "binh.tran", name: "Trần Bình", groups: ["can-bo"] },
	"u-2": { preferred_username: "khach", name: "Người Khách", groups: ["khac"] },
	"u-3": { preferred_username: "mai.ho", name: "Hồ Mai", groups: ["can-bo"] },
};
const THERE = "Đăng nhập một lần của cơ quan";
let server, admin, provider;

// The provider of tests/flow/oidc.py, in a process of its own.
class Provider {
	static async start(redirect) {
		const p = new Provider();
		p.process = spawn("python3", [join(SOURCE, "tests/flow/oidc.py"), redirect],
			{ env: { ...process.env, PYTHONPATH: join(SOURCE, "tests/flow") }, stdio: ["pipe", "pipe", "inherit"] });
		p.lines = createInterface({ input: p.process.stdout })[Symbol.asyncIterator]();
		Object.assign(p, JSON.parse(await p.say(JSON.stringify(PEOPLE))));
		return p;
	}

	async say(line) {
		this.process.stdin.write(line + "\n");
		const { value, done } = await this.lines.next();
		assert.ok(!done, "the provider ended");
		return value;
	}

	async stop() {
		const ended = new Promise((done) => this.process.once("exit", done));
		this.process.stdin.end();
		await ended;
	}
}

function visitor(options = {}) {
	return newPage(server, { ignoreHTTPSErrors: true, ...options });
}

// To the provider, which asks who this is.
async function leave(page) {
	await page.goto("/dang-nhap");
	await press(page, THERE);
	await page.waitForURL((url) => url.href.startsWith(provider.issuer));
}

// At the provider: this is WHO, and yes, Khiên may know it. Then back, and there until nothing is waited for.
async function say(page, who) {
	await page.fill("input[name=login]", who);
	await page.fill("input[name=password]", "x");
	await page.locator("button[type=submit]").click();
	await page.getByRole("button", { name: "Continue" }).click();
	await page.waitForURL((url) => url.href.startsWith(server.url));
	await page.waitForFunction(() => document.querySelector("main h1") &&
		!document.querySelector("meta[http-equiv=refresh]"));
}

async function come(page, who) {
	await leave(page);
	await say(page, who);
}

// What the page says to one who does not come in; it is readable at both widths and for everybody.
async function refused(page, words, name) {
	await page.locator(".faults").waitFor();
	assert.match(await page.locator(".faults").innerText(), words);
	assert.ok(await page.getByRole("button", { name: THERE }).isVisible(), "and how to begin anew");
	for (const width of [1280, 360]) {
		await page.setViewportSize({ width, height: 800 });
		assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name}: ${width} px`);
		await page.screenshot({ path: screenPath(`oidc-${name}-${width}`), fullPage: true });
	}
	const { violations } = await new AxeBuilder({ page }).analyze();
	assert.deepEqual(violations.map((v) => `${name}: ${v.id}: ${v.nodes[0].html}`), []);
	const session = await page.request.get("/api/v1/session");
	assert.equal(session.status(), 401, "nobody is in");
}

before(async () => {
	server = await Server.start();
	provider = await Provider.start(`${server.url}/dang-nhap/oidc/ve`);
	admin = await newPage(server);
	await setUp(admin, server);
	await admin.goto("/quan-tri/oidc");
	await admin.check("input[name=dung]");
	await fill(admin, { "dia-chi-khien": server.url, "noi-cap": provider.issuer, "chung-thu": provider.ca,
		"ma-ung-dung": provider.client, "bi-mat": provider.secret, "muc-nhom": "groups" });
	await admin.locator("form[action='/quan-tri/oidc'] button").click();
	await admin.fill("#nhom", "can-bo");
	await admin.selectOption("#vai-tro", "officer");
	await admin.locator("form:has(#nhom) button").click();
	assert.match(await admin.locator("main").innerText(), /can-bo/);
});

after(async () => {
	await closeBrowser();
	await provider?.stop();
	await server?.stop();
});

// EVIDENCE: D8.1#1
test("there, back and in, by hand and by keyboard alone", async () => {
	const page = await visitor();
	await come(page, "u-1");
	await page.waitForURL(/\/hom-nay$/);
	assert.match(await page.locator(".me").innerText(), /Trần Bình/);
	const refusals = page.faults.filter((text) => /Content Security Policy|cookie/i.test(text));
	assert.deepEqual(refusals, [], "the browser took every form and cookie");
	await page.context().close();
	const keys = await visitor({ viewport: { width: 360, height: 640 } });
	await keys.goto("/dang-nhap");
	await keys.getByRole("button", { name: THERE }).focus();
	await keys.keyboard.press("Enter");
	await keys.waitForURL((url) => url.href.startsWith(provider.issuer));
	await keys.context().close();
});

test("a way back with another state is refused, and so is one that another browser began", async () => {
	const page = await visitor(), other = await visitor();
	const seen = [];
	page.on("request", (request) => seen.push(request.url()));
	await leave(page);
	await page.goto(seen.find((url) => url.startsWith(`${provider.issuer}/auth?`)).replace(/state=[^&]*/, "state=KHAC"));
	await say(page, "u-1");
	await refused(page, /không bắt đầu ở trình duyệt này/, "state");
	await leave(other);
	await other.goto(seen.find((url) => url.startsWith(`${server.url}/dang-nhap/oidc/ve?`)));
	await refused(other, /không bắt đầu ở trình duyệt này/, "another");
	await page.context().close();
	await other.context().close();
});

test("who turns back at the provider is told so", async () => {
	const page = await visitor();
	await leave(page);
	await page.getByText("Cancel").click();
	await refused(page, /không cho vào, hoặc bạn đã hủy/, "cancel");
	await page.context().close();
});

test("who is known there but in no group does not come in", async () => {
	const page = await visitor();
	await come(page, "u-2");
	await refused(page, /không thuộc nhóm nào được dùng Khiên/, "no-group");
	await page.context().close();
});

// EVIDENCE: D12.1.a#2
test("an account that is here is somebody else until an administrator says that it is the same", async () => {
	await admin.goto("/quan-tri");
	await fill(admin, { "ten-dang-nhap": "mai.ho", "ho-ten": "Hồ Mai" });
	await admin.selectOption("#vai-tro", "staff");
	await press(admin, "Thêm");
	const password = await admin.locator("code.key").innerText();
	const page = await visitor();
	await come(page, "u-3");
	await refused(page, /Tên đăng nhập mai\.ho là của một tài khoản khác.*u-3/s, "taken");
	await admin.goto("/quan-tri");
	await admin.getByRole("link", { name: "mai.ho" }).click();
	await admin.locator("form:has(#ma) #ma").fill("u-3");
	await press(admin, "Gắn với đăng nhập một lần");
	assert.match(await admin.locator(".notice").innerText(), /Đã lưu/);
	await page.context().close();
	const again = await visitor();
	await come(again, "u-3");
	await again.waitForURL(/\/hom-nay$/);
	assert.match(await again.locator(".me").innerText(), /Hồ Mai/);
	const old = await visitor();
	await old.goto("/dang-nhap");
	await fill(old, { "ten-dang-nhap": "mai.ho", "mat-khau": password });
	await press(old, "Đăng nhập");
	await refused(old, /Không đúng/, "password-gone");
	await again.context().close();
	await old.context().close();
});

test("out here, and out there", async () => {
	const page = await visitor();
	await come(page, "u-1");
	await page.waitForURL(/\/hom-nay$/);
	await press(page, "Đăng xuất");
	assert.match(await page.locator(".notice").innerText(), /có thể vẫn còn mở/);
	await press(page, THERE);
	await page.waitForURL(/\/hom-nay$/);	// the provider still knew them
	await press(page, "Đăng xuất");
	await press(page, "Đăng xuất cả ở nơi đăng nhập");
	await page.waitForURL((url) => url.href.startsWith(provider.issuer));
	await page.getByRole("button", { name: "Yes, sign me out" }).click();
	await page.waitForURL((url) => url.href.startsWith(server.url));
	await leave(page);
	assert.ok(await page.locator("input[name=login]").isVisible(), "asked who it is, as at first");
	await page.context().close();
});

test("a provider that is down is told, and comes back by itself", async () => {
	const page = await visitor();
	await provider.say("stop");
	await page.goto("/dang-nhap");
	await press(page, THERE);
	await refused(page, /không trả lời được.*tài khoản khẩn cấp/s, "down");
	await provider.say("start");
	await come(page, "u-1");
	await page.waitForURL(/\/hom-nay$/);
	await page.context().close();
});
