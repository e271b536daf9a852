// archive.test.js - who sends and what each month holds, in a real browser: a sender is named, its alarm
// set and rung; a month closes, goes to a disk, and is on the page; on a phone, in English, without
// script. EVIDENCE: D11.4#2, D11.4#6
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import {
	BIN, Server, closeBrowser, logIn, newPage, press, screenPath, sealLog, sendLines, setUp,
} from "./khien.js";

const CLOCK_OFF_S = 300;
let server, state, month;

async function axe(page, name) {
	const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag22aa"]).analyze();
	assert.deepEqual(violations.map((v) => `${name}: ${v.id}: ${v.nodes[0].html}`), []);
}

async function inside(options = {}) { return newPage(server, { storageState: state, ...options }); }

function send(count) {
	const at = new Date(1000 * (server.now() - CLOCK_OFF_S)).toISOString();
	return sendLines(server, Array.from({ length: count }, (_, i) => `<13>1 ${at} cong-chinh fw - - - gói tin số ${i}`));
}

async function until(page, path, wanted) {
	for (let i = 0; i < 60; i++) {
		await page.goto(path);
		if (wanted.test(await page.locator("main").innerText())) { return; }
		await page.waitForTimeout(500);
	}
	assert.match(await page.locator("main").innerText(), wanted);
}

before(async () => {
	// in the middle of a year, so that no year turns while months do
	const year = new Date().getUTCFullYear() + 1;
	server = await Server.start({ seconds: Math.floor(Date.UTC(year, 4, 30, 5) / 1000 - Date.now() / 1000) });
	month = `${year}-05`;
	const page = await newPage(server);
	await setUp(page, server);
	state = await page.context().storageState();
	await page.goto("/nhat-ky/nguon");
	assert.match(await page.locator("main").innerText(), /Chưa máy hay thiết bị nào gửi nhật ký về/);
	await send(40);
	await until(page, "/nhat-ky/nguon", /chương trình trên máy này/);
});

after(async () => { await closeBrowser(); await server.stop(); });

test("a sender is listed with its lines, its losses and its clock", async () => {
	const page = await inside({ javaScriptEnabled: false });
	await until(page, "/nhat-ky/nguon", /40/);
	const row = await page.locator("tbody tr").first().innerText();
	assert.match(row, /đang gửi/);
	assert.match(row, /chậm 5 phút/);
	assert.equal((row.match(/\b40\b/g) || []).length, 2, row); // today, all
	await page.screenshot({ path: screenPath("nguon"), fullPage: true });
	const csv = await (await page.request.get("/nhat-ky/nguon.csv")).text();
	assert.match(csv, /local/);
	const scripted = await inside();
	await scripted.goto("/nhat-ky/nguon");
	await axe(scripted, "nguon");
});

test("an officer names a sender and sets its alarm; silence rings it", async () => {
	const page = await inside();
	await page.goto("/nhat-ky/nguon/1");
	await page.fill("#im-lang", "nhiều");
	await press(page, "Lưu");
	assert.match(await page.locator(".faults").innerText(), /Hãy ghi số phút/);
	await page.fill("#ten", "Tường lửa cổng chính");
	await page.fill("#im-lang", "1");
	await press(page, "Lưu");
	assert.match(await page.locator("h1").innerText(), /^Tường lửa cổng chính$/);
	assert.doesNotMatch(await page.locator("main").innerText(), /im lặng \d/);
	await page.screenshot({ path: screenPath("nguon-mot"), fullPage: true });
	// seconds are counted, not read from the clock: nothing but waiting rings it
	for (let i = 0; i < 90 && !/im lặng \d+ (giây|phút)/.test(await page.locator("main").innerText()); i++) {
		await page.waitForTimeout(1000);
		await page.reload();
	}
	assert.match(await page.locator("main").innerText(), /im lặng \d+ (giây|phút)/);
	assert.equal((await page.request.get("/nhat-ky/nguon/99")).status(), 404);
	await page.goto("/nhat-ky/nguon");
	for (let i = 0; i < 60 && !/Nguồn im lặng\s+1/.test(await page.locator(".strip").innerText()); i++) {
		await page.waitForTimeout(1000);
		await page.reload();
	}
	assert.match(await page.locator(".strip").innerText(), /Nguồn im lặng\s+1/);
	assert.match(await page.locator(".strip").innerText(), /Dòng đã mất\s+0/);
	assert.match(await page.locator(".strip").innerText(), /Lệch giờ nguồn gửi\s+≤ \d+ s/);
});

test("a month that is over is listed with its senders, and on which disk it is", async () => {
	const page = await newPage(server);
	await sealLog(server);
	server.pass({ days: 3 });
	await sealLog(server);
	await logIn(page, server);
	// what the log held that day, with the proof that nothing of it is missing
	await sealLog(server);
	const range = await page.request.get("/nhat-ky.khien-range");
	assert.equal(range.status(), 200);
	writeFileSync(join(server.own, "range"), await range.body());
	const keys = join(server.own, "data/log", month.slice(0, 4), "keys/public.txt");
	const printed = execFileSync(BIN + "-verify", ["range", join(server.own, "range"), "--key", keys, "--print"],
		{ encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
	assert.equal(printed.match(/gói tin số/g).length, 40);
	assert.equal((await page.request.get("/nhat-ky.khien-range?tu=01/01/1999&den=02/01/1999")).status(), 404);
	await until(page, "/nhat-ky/thang", /đến mục \d+/);
	const row = page.locator("tbody tr").first();
	assert.match(await row.locator("th").first().innerText(), new RegExp(`^${month.slice(5)}/${month.slice(0, 4)}\\s+Biên bản`));
	assert.match(await row.innerText(), /chưa có bản nào/);
	const disk = join(server.own, "dia");
	mkdirSync(disk);
	const media = (...args) => execFileSync(BIN, ["log", "media", ...args, "--data", join(server.own, "data")],
		{ env: { ...process.env, KHIEN_TEST_CLOCK: server.clock } });
	media("register", disk, "--label", "Đĩa số 1");
	media("write", disk, month);
	await page.reload();
	assert.match(await row.innerText(), /Đĩa số 1 đọc lại \d\d\/06/);
	await page.locator("summary").first().click();
	assert.match(await page.locator("details[open]").first().innerText(), /Tường lửa cổng chính\s+42/);  // 40 lines, that it came first and fell silent
	await axe(page, "thang");
	await page.screenshot({ path: screenPath("thang"), fullPage: true });
	await page.emulateMedia({ media: "print" });
	await page.screenshot({ path: screenPath("thang-in"), fullPage: true });
	await page.goto(`/niem-phong/${month.slice(0, 4)}`);
	assert.match(await page.locator(".sheet").innerText(), /Tường lửa cổng chính\s+40\s+0/);
	assert.match(await page.locator(".keys").innerText(), new RegExp(`khien/nhat-ky/${month.slice(0, 4)}\\s+[0-9a-f]{8}`));
	await page.screenshot({ path: screenPath("niem-phong-day-du"), fullPage: true });
	// the minutes of the month, to be signed, and the month as one file
	await page.goto("/nhat-ky/thang");
	await page.emulateMedia({ media: "screen" });
	await row.getByRole("link", { name: "Biên bản" }).click();
	assert.match(await page.locator("h1").innerText(), new RegExp(`tháng ${month.slice(5)}/${month.slice(0, 4)}$`));
	assert.match(await page.locator(".sheet").innerText(), /Đĩa số 1\s+\d\d\/06[^]*Tường lửa cổng chính\s+42[^]*[0-9a-f]{64}/);
	await axe(page, "bien-ban-thang");
	await page.emulateMedia({ media: "print" });
	await page.screenshot({ path: screenPath("bien-ban-thang-in"), fullPage: true });
	assert.equal(await page.locator("p.act").isVisible(), false);
	const tar = await page.request.get(page.url() + ".tar");
	assert.equal(tar.status(), 200);
	assert.equal(Number(tar.headers()["content-length"]), (await tar.body()).length);
	await page.goto("/nhat-ky/thang");
	// a disk that is wrong is no copy any more
	await page.emulateMedia({ media: "screen" });
	writeFileSync(join(disk, month, "manifest"), "khien-month 1\n");
	assert.throws(() => media("check", disk, month));
	await page.reload();
	assert.match(await row.innerText(), /chưa có bản nào/);
	state = await page.context().storageState();
});

test("a phone is wide enough, and English is English", async () => {
	const page = await inside({ viewport: { width: 360, height: 740 } });
	const minutes = `/nhat-ky/thang/${month.slice(0, 4)}/${month}`;
	for (const path of ["/nhat-ky/nguon", "/nhat-ky/nguon/1", "/nhat-ky/thang", minutes, "/nhat-ky/dia-ngoai"]) {
		await page.goto(path);
		assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360, path);
		await page.screenshot({ path: screenPath("360" + path.replaceAll("/", "-")), fullPage: true });
	}
	await page.goto("/ngon-ngu/en?ve=/nhat-ky/nguon");
	assert.match(await page.locator("h1").innerText(), /^Devices that send logs$/);
	await page.screenshot({ path: screenPath("nguon-en"), fullPage: true });
	await page.goto("/nhat-ky/thang");
	assert.match(await page.locator("h1").innerText(), /^The archive by month$/);
	assert.doesNotMatch(await page.locator("main").innerText(), /Niêm phong|Ổ cứng ngoài|Dự báo/);
});
