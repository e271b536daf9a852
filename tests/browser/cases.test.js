// cases.test.js - a leaver in the browser: from the decision, over the tasks, to the proof on paper.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fill, press, onServer } from "./khien.js";

let server, page;

const today = () => new Date(Date.now() + 7 * 3600e3).toISOString().slice(0, 10).split("-").reverse().join("/");

async function person(name) {
	await page.goto("/nhan-su");
	await page.locator("summary", { hasText: "Thêm người" }).click();
	await fill(page, { ten: name });
	await page.selectOption("#don-vi-moi", "1");
	await page.locator("details form button[type=submit]").first().click();
	await page.waitForURL(/\/nhan-su\/\d+/);
}

async function open(title) {
	const summary = page.locator("details.card:not([open]) > summary", { hasText: title });
	if (await summary.count()) { await summary.click(); }
}

onServer((made, first) => {
	server = made;
	page = first;
});

// EVIDENCE: D12.1.e, D8.2#3, D8.2#4
test("a leaver goes from the decision to the printed proof", async () => {
	await person("Trần Thị Nhận");
	await person("Lê Văn Nghỉ");
	await page.selectOption("#tinh-trang", "retired");
	await fill(page, { "so-qd": "15/QĐ-UBND", "ngay-ky": today(), "hieu-luc": today() });
	await page.locator("form[action$='/quyet-dinh'] button[type=submit]").last().click();
	await page.goto("/ho-so");
	await page.locator("th a", { hasText: "Lê Văn Nghỉ" }).click();
	assert.equal(await page.locator(".ribbon .here").innerText(), "Quyết định đã ghi");

	await open("Thông báo cho đơn vị vận hành");
	assert.equal(await page.inputValue("#decision"), "15/QĐ-UBND", "known from the decision");
	await fill(page, { notified_to: "Trung tâm CNTT", notified_at: "hôm qua" });
	await press(page, "Thông báo cho đơn vị vận hành");
	assert.match(await page.locator(".faults").innerText(), /ngày và giờ có thật/);
	assert.equal(await page.inputValue("#notified_to"), "Trung tâm CNTT", "what was typed stays");
	await fill(page, { notified_at: `${today()} 08:00` });
	await press(page, "Thông báo cho đơn vị vận hành");
	assert.equal(await page.locator(".ribbon .here").innerText(), "Đang thu hồi");

	await open("Đã thu hồi xong");
	await press(page, "Đã thu hồi xong");
	assert.match(await page.locator(".faults").innerText(), /chưa thu hồi/);
	await page.locator("input[type=radio][value=revoked]").check();
	await press(page, "Ghi các việc đã chọn");
	await open("Đã thu hồi xong");
	await press(page, "Đã thu hồi xong");

	await open("Xác nhận và kết thúc hồ sơ");
	await page.selectOption("#receiver", { label: "Trần Thị Nhận" });
	await page.fill("#handed_over", "Hồ sơ một cửa");
	await page.locator("input[name=opened]").check();
	await press(page, "Xác nhận và kết thúc hồ sơ");
	assert.equal(await page.locator(".ribbon .here").innerText(), "Đã xác nhận");

	await page.locator("a", { hasText: "GIẤY XÁC NHẬN" }).click();
	await page.emulateMedia({ media: "print" });
	const paper = await page.locator(".sheet").innerText();
	for (const words of ["15/QĐ-UBND", "Trung tâm CNTT", "Trần Thị Nhận", "Hồ sơ một cửa", "VPN"])
		assert.ok(paper.includes(words), words);
	assert.ok(await page.locator("body > nav").isHidden(), "nothing but the paper is printed");
	await page.emulateMedia({ media: "screen" });
});
