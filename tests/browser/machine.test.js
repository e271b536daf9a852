// machine.test.js - the pages of one machine: what it is declared to be, its processes signed by an
// officer, its files against what they were; at the desk, on a phone, on paper.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BIN, fill, press, screenPath, onServer } from "./khien.js";

let server, page;

// Where several people look: both widths, both languages, and as it is printed.
async function look(name, path) {
	for (const lang of ["vi", "en"]) {
		await page.goto(`/ngon-ngu/${lang}?ve=/hom-nay`);
		for (const width of [1280, 360]) {
			await page.setViewportSize({ width, height: 900 });
			await page.goto(path);
			assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false,
				`${name} scrolls sideways at ${width}`);
			await page.screenshot({ path: screenPath(`${name}-${lang}-${width}`), fullPage: true });
		}
	}
	await page.goto("/ngon-ngu/vi?ve=/hom-nay");
	await page.setViewportSize({ width: 1280, height: 900 });
	await page.goto(path);
	await page.emulateMedia({ media: "print" });
	assert.equal(await page.locator("main form:visible, nav:visible").count(), 0, `${name}: forms on paper`);
	await page.screenshot({ path: screenPath(`${name}-giay`), fullPage: true });
	await page.emulateMedia({ media: null });
}

onServer((made, first) => {
	server = made;
	page = first;
});

// EVIDENCE: D10.1.c
test("an officer declares what the machine is, and approves until a day", async () => {
	await page.goto("/may/1");
	await page.getByRole("link", { name: "Vai trò máy" }).click();
	assert.match(await page.locator("main").innerText(), /Chưa khai máy này là gì/);
	await page.getByRole("link", { name: "Xem đề xuất" }).click();
	// what the audit saw is ticked, not typed; a day as people write it
	await fill(page, { "den-ngay-chung": "31/12/2099" });
	await page.locator("#de-xuat tbody input[type=checkbox]").first().check();
	await press(page, "Lưu đề xuất đã chọn");
	assert.match(await page.locator(".faults").innerText(), /Hãy ghi lý do của/);
	await page.locator("#de-xuat tbody input:not([type=checkbox])").first().fill("Cần cho việc của xã");
	await press(page, "Lưu đề xuất đã chọn");
	assert.match(await page.locator("main").innerText(), /Đã lưu bản khai/);
	assert.match(await page.locator("main tbody tr").first().innerText(), /Cần cho việc của xã[^]*31\/12\/2099/);
	await page.goto("/may/1/vai-tro?van-ban=1");
	const draft = await page.inputValue("#ban-khai");
	assert.match(draft, /^# Bản khai nháp của máy/);
	assert.match(draft, /\nkind: (server|workstation)\n/);

	await page.fill("#ban-khai", "kind: server\nroles: [we\n");
	await press(page, "Lưu bản khai");
	assert.match(await page.locator(".faults").innerText(), /dòng \d/);
	assert.equal(await page.inputValue("#ban-khai"), "kind: server\nroles: [we\n");

	await page.fill("#ban-khai", "# của Văn phòng\nkind: server\nroles: [web]\nlevel: 2\ndata: sensitive\n" +
		"purpose: \"Cổng thông tin <xã>\"\napproved: []\n");
	await press(page, "Lưu bản khai");
	assert.match(await page.locator("main").innerText(), /Đã lưu bản khai/);
	assert.match(await page.locator(".facts").innerText(), /Cổng thông tin <xã>/);

	await page.selectOption("select[name=loai]", "port");
	await fill(page, { "ten": "tcp/443x", "ly-do": "Cổng thông tin", "den-ngay": "31/12/2099" });
	await press(page, "Phê duyệt");
	assert.match(await page.locator(".faults").innerText(), /tcp\/443/);
	await fill(page, { "ten": "tcp/443", "den-ngay": "31/12/2001" });
	await press(page, "Phê duyệt");
	assert.match(await page.locator(".faults").innerText(), /phải sau hôm nay/);
	await fill(page, { "den-ngay": "31/12/2099" });
	await press(page, "Phê duyệt");
	await page.selectOption("select[name=loai]", "admin");
	await fill(page, { "ten": "nhà \"thầu\"", "ly-do": "Bảo trì: tháng 5", "den-ngay": "30/06/2099" });
	await press(page, "Phê duyệt");
	const rows = page.locator("main tbody tr");
	assert.equal(await rows.count(), 2);
	assert.match(await rows.filter({ hasText: "tcp/443" }).innerText(), /Lê Văn An[^]*31\/12\/2099[^]*đang có hiệu lực/);
	assert.match(await page.inputValue("#ban-khai"), /^# của Văn phòng\n/, "the writer's comment stays");
	await look("vai-tro-may", "/may/1/vai-tro");

	// past its day it approves nothing any more
	await rows.filter({ hasText: "tcp/443" }).getByRole("button", { name: "Bỏ" }).click();
	assert.equal(await rows.count(), 1);
	await rows.first().getByRole("button", { name: "Bỏ" }).click();
	assert.equal(await rows.count(), 0);
	assert.match(await page.inputValue("#ban-khai"), /\napproved: \[\]\n/);
});

// EVIDENCE: D11.3
test("an officer asks for a picture of the processes", async () => {
	await page.goto("/may/1/tien-trinh");
	assert.match(await page.locator("main").innerText(), /Chưa có ảnh chụp tiến trình nào/);
	await look("ra-soat", "/may/1/tien-trinh");
	await page.goto("/may/1/tien-trinh");
	await press(page, "Chụp ngay"); // a deep look takes its time: what comes of it is test_review.py's
	assert.match(await page.locator("h1").innerText(), /Rà soát tiến trình/);
	assert.equal(await page.locator(".faults").count(), 0);
});

// EVIDENCE: D11.4
test("changed files are shown, and accepted with a reason", async () => {
	const tree = join(server.own, "tree"), data = join(server.own, "data");
	const integrity = (...words) => assert.ok(spawnSync(BIN, ["integrity", ...words, "--root", tree, "--data", data],
		{ env: { ...process.env, KHIEN_LANG: "vi", KHIEN_TEST_CLOCK: server.clock } }).status <= 1);
	mkdirSync(join(tree, "usr/bin"), { recursive: true });
	writeFileSync(join(tree, "usr/bin/ls"), "one");
	writeFileSync(join(tree, "usr/bin/ps"), "one");
	integrity("baseline", "/usr", "--reason", "máy mới cài", "--by", "Lê Văn An");
	writeFileSync(join(tree, "usr/bin/ls"), "another");
	writeFileSync(join(tree, "usr/bin/.ẩn nấp"), "x");
	integrity("check");
	await page.goto("/toan-ven");
	const rows = page.locator("main table").first().locator("tbody tr");
	assert.equal(await rows.count(), 2);
	assert.match(await page.locator("main").innerText(), /\/usr\/bin\/ls/);
	await look("toan-ven-may", "/toan-ven");
	await page.goto("/toan-ven");
	await fill(page, { "duong-dan": "/usr/bin/ls", "ly-do": "Vá lỗi theo phiếu 12" });
	await press(page, "Chấp nhận");
	assert.match(await page.locator("main").innerText(), /Vá lỗi theo phiếu 12 \(Lê Văn An\)/);
});
