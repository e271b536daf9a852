// login.test.js - who comes in, who is locked out, who is sent away: the rules Khiên enforces on
// others, kept by itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADMIN, fill, logIn, newPage, press, totp, onServer } from "./khien.js";

let server, admin;

async function tryLogin(page, login, password) {
	await page.goto("/dang-nhap");
	await fill(page, { "ten-dang-nhap": login, "mat-khau": password });
	await press(page, "Đăng nhập");
}

// A new person with the one-time password that was shown.
async function addPerson(login, name, role) {
	await admin.goto("/quan-tri");
	await fill(admin, { "ten-dang-nhap": login, "ho-ten": name });
	await admin.selectOption("#vai-tro", role);
	await press(admin, "Thêm");
	return { login, name, password: await admin.locator("code.key").innerText() };
}

// The first log-in with the change that it demands.
async function firstLogIn(page, who, password) {
	await tryLogin(page, who.login, who.password);
	assert.match(page.url(), /\/doi-mat-khau$/);
	await fill(page, { "mat-khau": who.password, "mat-khau-moi": password, "nhac-lai": password });
	await press(page, "Đổi mật khẩu");
	return { ...who, password };
}

onServer((made, first) => {
	server = made;
	admin = first;
});

// EVIDENCE: D8.3
test("a password that breaks the rule is refused, with the reason", async () => {
	await admin.goto("/doi-mat-khau");
	for (const [password, why] of [["Ab1", /quá ngắn/], ["abcdefg1", /thiếu chữ hoa/], ["ABCDEFG1", /thiếu chữ thường/],
		["Abcdefgh", /thiếu chữ số hoặc ký tự đặc biệt/]]) {
		await fill(admin, { "mat-khau": ADMIN.password, "mat-khau-moi": password, "nhac-lai": password });
		await press(admin, "Đổi mật khẩu");
		assert.match(await admin.locator(".faults").innerText(), why);
		assert.equal(await admin.inputValue("#mat-khau-moi"), "", "a password is not sent back");
	}
});

// EVIDENCE: D12.1.đ#2
test("a person uses no password twice", async () => {
	await fill(admin, { "mat-khau": ADMIN.password, "mat-khau-moi": ADMIN.password, "nhac-lai": ADMIN.password });
	await press(admin, "Đổi mật khẩu");
	assert.match(await admin.locator(".faults").innerText(), /đã dùng mật khẩu này/);
});

test("an administrator needs the second step, and a code works once", async () => {
	const page = await newPage(server);
	await tryLogin(page, ADMIN.login, ADMIN.password);
	assert.match(page.url(), /\/ma-hai-buoc$/);
	await page.goto("/quan-tri");
	assert.match(page.url(), /\/ma-hai-buoc$/, "half a log-in opens nothing");
	server.pass({ seconds: 60 });
	const code = totp(server.key, server.now());
	await page.fill("#ma", code);
	await press(page, "Tiếp tục");
	assert.match(page.url(), /\/hom-nay$/);
	await press(page, "Đăng xuất");
	await tryLogin(page, ADMIN.login, ADMIN.password);
	await page.fill("#ma", code);
	await press(page, "Tiếp tục");
	assert.match(await page.locator(".faults").innerText(), /Không đúng/);
	await page.fill("#ma", server.recovery[0].toLowerCase());
	await press(page, "Tiếp tục");
	assert.match(page.url(), /\/hom-nay$/, "a recovery code does");
	await page.context().close();
});

// EVIDENCE: D8.1#1
test("log-in names are unique", async () => {
	await admin.goto("/quan-tri");
	await fill(admin, { "ten-dang-nhap": "AN.LE", "ho-ten": "Người khác" });
	await press(admin, "Thêm");
	assert.match(await admin.locator(".faults").innerText(), /đã có người dùng/);
	assert.equal(await admin.inputValue("#ho-ten"), "Người khác");
});

// EVIDENCE: D12.1.a#2, D8.2#5
test("an issued password must be changed at the first log-in, and in time", async () => {
	const page = await newPage(server);
	let officer = await addPerson("binh.tran", "Trần Thị Bình", "officer");
	await tryLogin(page, officer.login, officer.password);
	await page.goto("/hom-nay");
	assert.match(page.url(), /\/doi-mat-khau$/, "nothing else opens before");
	officer = await firstLogIn(page, officer, "Binh rieng 1");
	assert.match(page.url(), /\/tai-khoan/);
	const late = await addPerson("muon.le", "Lê Muộn", "auditor");
	server.pass({ days: 2 });
	await tryLogin(page, late.login, late.password);
	assert.match(await page.locator(".faults").innerText(), /hết hạn/);
	await logIn(admin, server);
	await page.context().close();
});

// EVIDENCE: D12.1.b#1
test("five wrong passwords lock the account until an administrator opens it", async () => {
	const page = await newPage(server);
	const texts = [];
	for (let i = 0; i < 5; i++) {
		await tryLogin(page, "binh.tran", `sai ${i}`);
		texts.push(await page.locator(".faults li").innerText());
	}
	assert.match(texts[0], /Còn 4 lần thử/);
	assert.match(texts[3], /Còn 1 lần thử/);
	assert.match(texts[4], /đã bị khóa/);
	await tryLogin(page, "binh.tran", "Binh rieng 1");
	assert.match(await page.locator(".faults li").innerText(), /đã bị khóa/, "also the right one");
	const unknown = [];
	for (let i = 0; i < 5; i++) {
		await tryLogin(page, "khong.co.ai", `sai ${i}`);
		unknown.push(await page.locator(".faults li").innerText());
	}
	assert.deepEqual(unknown, texts, "a name nobody has answers the same");
	await admin.goto("/quan-tri");
	await admin.locator("tr", { hasText: "binh.tran" }).getByRole("button", { name: /Mở khóa/ }).click();
	assert.match(await admin.locator(".notice").innerText(), /Đã mở khóa/);
	await tryLogin(page, "binh.tran", "Binh rieng 1");
	assert.match(page.url(), /\/hom-nay$/);
	await page.context().close();
});

// EVIDENCE: D12.1.b#2
test("ten idle minutes end the session", async () => {
	const page = await newPage(server);
	await tryLogin(page, "binh.tran", "Binh rieng 1");
	for (let i = 0; i < 3; i++) {
		server.pass({ minutes: 9 });
		await page.goto("/quy-che");
		assert.match(page.url(), /\/quy-che$/, "who does something stays");
	}
	server.pass({ minutes: 10, seconds: 30 });
	await page.goto("/quy-che");
	assert.match(page.url(), /\/dang-nhap/);
	assert.match(await page.locator(".notice").innerText(), /không có thao tác/);
	await page.context().close();
});

test("a warning comes two minutes before, and one button stays", async () => {
	const page = await newPage(server);
	await page.clock.install();
	await tryLogin(page, "binh.tran", "Binh rieng 1");
	await page.clock.runFor(7 * 60 * 1000);
	assert.equal(await page.locator(".warn").count(), 0);
	await page.clock.runFor(70 * 1000);
	assert.match(await page.locator(".warn").innerText(), /sắp kết thúc/);
	await page.locator(".warn button").click();
	assert.equal(await page.locator(".warn").count(), 0);
	await page.context().close();
});

test("roles: what one may not do is neither shown nor done", async () => {
	await logIn(admin, server);
	const page = await newPage(server);
	const auditor = await firstLogIn(page, await addPerson("doc.pham", "Phạm Chỉ Đọc", "auditor"), "Chi doc 123");
	await page.goto("/hom-nay");
	assert.equal(await page.getByRole("button", { name: "Kiểm tra lại ngay" }).count(), 0);
	assert.equal(await page.getByRole("link", { name: "Quản trị", exact: true }).count(), 0);
	for (const path of ["/quan-tri", "/quan-tri/nguoi-dung.csv"]) {
		assert.equal((await page.request.get(path)).status(), 403, path);
	}
	await page.goto("/may/1/lock.deny");
	assert.equal(await page.locator("summary", { hasText: "Ghi một ngoại lệ" }).count(), 0);
	const mark = await page.locator("input[name=dau]").first().inputValue();
	for (const path of ["/kiem-tra-lai", "/may/1/lock.deny/ngoai-le", "/quan-tri/don-vi", "/quan-tri/nguoi-dung/1"]) {
		const answer = await page.request.post(path, { form: { dau: mark } });
		assert.equal(answer.status(), 403, path);
	}
	assert.equal((await page.request.get("/quan-tri/nhat-ky")).status(), 200, "the log is an auditor's");
	await tryLogin(await newPage(server), auditor.login, auditor.password);
	await page.context().close();
});

test("a form without the mark of its session, or from elsewhere, is refused", async () => {
	for (const form of [{}, { dau: "x" }, { dau: "A".repeat(26) }]) {
		assert.equal((await admin.request.post("/kiem-tra-lai", { form })).status(), 403);
	}
	await admin.goto("/hom-nay");
	const mark = await admin.locator("input[name=dau]").first().inputValue();
	const answer = await admin.request.post("/kiem-tra-lai", { form: { dau: mark },
		headers: { origin: "https://evil.example" } });
	assert.equal(answer.status(), 403);
	assert.equal((await admin.request.post("/kiem-tra-lai", { form: { dau: mark } })).status(), 200);
});

test("administration: reset, disable, unit, machine", async () => {
	const page = await newPage(server);
	await tryLogin(page, "binh.tran", "Binh rieng 1");
	assert.match(page.url(), /\/hom-nay$/);
	await admin.goto("/quan-tri");
	const row = admin.locator("tr", { hasText: "binh.tran" });
	await row.getByRole("button", { name: /Cấp lại mật khẩu/ }).click();
	const password = await admin.locator("code.key").innerText();
	await page.goto("/hom-nay");
	assert.match(page.url(), /\/dang-nhap/, "a reset ends the sessions");
	await firstLogIn(page, { login: "binh.tran", password }, "Binh rieng 2");
	await admin.goto("/quan-tri");
	await row.getByRole("button", { name: /Ngừng sử dụng/ }).click();
	await page.goto("/hom-nay");
	assert.match(page.url(), /\/dang-nhap/);
	await tryLogin(page, "binh.tran", "Binh rieng 2");
	assert.match(await page.locator(".faults li").innerText(), /ngừng sử dụng/);
	await row.getByRole("button", { name: /Cho dùng lại/ }).click();
	await admin.fill("#don-vi", "UBND xã Bình Khê");
	await admin.locator("form[action='/quan-tri/don-vi'] button").click();
	assert.match(await admin.locator(".unit").innerText(), /Bình Khê/);
	await admin.goto("/quan-tri/may/1");
	await admin.selectOption("#loai", "workstation");
	await admin.selectOption("#cap-do", "3");
	await admin.locator("form[action^='/quan-tri/may/'] button").click();
	await admin.goto("/may/1");
	assert.match(await admin.locator("dl.facts").innerText(), /máy trạm, cấp độ 3/);
	await admin.goto("/quan-tri/nhat-ky");
	assert.match(await admin.locator("table").innerText(), /bị khóa vì sai quá số lần/);
	await page.context().close();
});
