// session.test.js - an awareness session on a phone: the QR code of its door, the sign-in, the short quiz.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { SCREENS, fill, newPage, readSource, onServer } from "./khien.js";

let server, desk, phone;

onServer(async (made, first) => {
	server = made;
	desk = first;
	phone = await newPage(server, { storageState: await desk.context().storageState(),
		viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
});

// Nobody may change their own account, and there is no second administrator here.
function linkAccount(staff) {
	execFileSync("python3", ["-c", `
import sqlite3, sys, time
store = sqlite3.connect(sys.argv[1], timeout=30)
for name in ("row_hash", "row_login", "row_peer"):
    store.create_function(name, -1, lambda *_: "by the test")
store.create_function("row_now", 0, lambda: int(time.time()))
store.execute("UPDATE person SET staff_id = ?", (int(sys.argv[2]),))
store.commit()`, join(server.own, "data", "khien.db"), String(staff)]);
}

async function look(name) {
	const wide = await phone.evaluate(() => document.documentElement.scrollWidth);
	assert.ok(wide <= 360, `${name} is ${wide} px wide`);
	await phone.screenshot({ path: join(SCREENS, `session-${name}-360.png`), fullPage: true });
}

// The right answer of each question, from the pack.
const right = () => readSource("packs/tay-son/quizzes/awareness.yaml").split("right: true").slice(0, -1)
	.map((part) => part.match(/.*\{text: \{vi: "([^"]+)"/s)[1]);

// EVIDENCE: D9.4
test("signed in by the QR code's address on a phone, and the quiz passed", async () => {
	await desk.goto("/nhan-su");
	await desk.locator("summary", { hasText: "Thêm người" }).click();
	await fill(desk, { ten: "Lê Văn An" });
	await desk.selectOption("#don-vi-moi", "1");
	await desk.locator("details form button[type=submit]").first().click();
	await desk.waitForURL(/\/nhan-su\/\d+/);
	linkAccount(Number(desk.url().match(/nhan-su\/(\d+)/)[1]));
	await desk.goto("/pho-bien");
	const summary = desk.locator("details:has(#luc) > summary");
	if (await summary.count()) { await summary.click(); }
	const now = new Date((server.now() + 7 * 3600) * 1000).toISOString();
	await fill(desk, { ten: "Phổ biến Quy chế", luc: `${now.slice(0, 10).split("-").reverse().join("/")} ${now.slice(11, 16)}` });
	await desk.selectOption("[name=kiem-tra]", "awareness");
	await desk.locator("form", { has: desk.locator("#luc") }).locator("button[type=submit]").click();
	assert.equal(await desk.locator("main svg").count(), 1, "its QR code");
	const door = await desk.locator("a[href^='/du/']").getAttribute("href");

	await phone.goto(door);
	await look("door");
	await phone.getByRole("button", { name: "Tôi có mặt" }).click();
	const answers = right();
	assert.ok(answers.length >= 5);
	const send = () => phone.locator("main form button[type=submit]").last().click();
	const choose = async (texts) => {
		for (const text of texts) { await phone.getByLabel(text, { exact: true }).check(); }
	};
	await choose(answers);
	await look("quiz");
	await send();
	await look("done");
	assert.match(await phone.locator("main").innerText(), /Kết quả của bạn: (\d+)\/\1 – đạt/);
	await desk.reload();
	assert.match(await desk.locator("main").innerText(), /Lê Văn An/);
	assert.deepEqual(phone.faults, []);
});
