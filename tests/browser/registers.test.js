// registers.test.js - registers in the browser: a messy table is brought, mended, confirmed and undone;
// files are attached; many records are changed at once; at desk and phone width, without JavaScript.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { SCREENS, SOURCE, newPage, onServer } from "./khien.js";

let server, page;

// A workbook as people send it: a title over merged cells, a formula, numbers as text, a hidden sheet.
function workbook(rows) {
	const script = `
import json, sys
sys.path.insert(0, ${JSON.stringify(join(SOURCE, "tests/flow"))})
import sheets
rows = json.load(sys.stdin)
head = ["STT", "Tên mạng (SSID)", "Dành cho", "Trạng thái", "Ngày đổi mật khẩu gần nhất", "Ghi chú"]
sys.stdout.buffer.write(sheets.xlsx([
    sheets.Sheet("Wi-Fi", [["THỐNG KÊ MẠNG"], [], head, *rows], merges=["A1:F1"]),
    sheets.Sheet("Nháp", [["x"]], state="hidden")]))`;
	return execFileSync("python3", ["-c", script], { input: JSON.stringify(rows) });
}

// The same with what Excel really holds in its cells: serial days, formulas with and without a value, #REF!, text
// in fonts of TCVN3 and VNI, merged cells, hidden sheets. ROWS is Python.
function messy(rows, merges = []) {
	const script = `
import sys
sys.path.insert(0, ${JSON.stringify(join(SOURCE, "tests/flow"))})
from sheets import Formula, Old, Serial, Sheet, Wrong, xlsx
head = ["STT", "Tên mạng (SSID)", "Dành cho", "Trạng thái", "Nơi đặt điểm truy cập", "Ngày đổi mật khẩu gần nhất", "Ghi chú"]
rows = [["BẢNG THỐNG KÊ MẠNG KHÔNG DÂY NĂM 2026"], [], head, *[${rows.join(",\n")}]]
sys.stdout.buffer.write(xlsx([Sheet("Wi-Fi", rows, merges=["A1:G1", *${JSON.stringify(merges)}]),
    Sheet("Nháp", [["x"] * 200], state="hidden"), Sheet("Ẩn kỹ", [["y"]], state="veryHidden")]))`;
	return execFileSync("python3", ["-c", script]);
}

async function send(name, buffer) {
	await page.goto("/so/wifi/nhap");
	await page.setInputFiles("#tep", { name, mimeType: "application/octet-stream", buffer });
	await page.getByRole("button", { name: "Đọc tệp" }).click();
	await settled();
	return page.locator("main").innerText();
}

async function fits(name) {
	for (const width of [1280, 360]) {
		await page.setViewportSize({ width, height: 800 });
		const wide = await page.evaluate(() => document.documentElement.scrollWidth);
		assert.ok(wide <= width, `${name} is ${wide} px wide at ${width}`);
		await page.screenshot({ path: join(SCREENS, `registers-${name}-${width}.png`), fullPage: true });
	}
	await page.setViewportSize({ width: 1280, height: 800 });
}

async function bring(name, rows) {
	await page.goto("/so/wifi/nhap");
	await page.setInputFiles("#tep", { name, mimeType: "application/octet-stream", buffer: workbook(rows) });
	await page.getByRole("button", { name: "Đọc tệp" }).click();
	await settled();
}

// The page asks for itself again until the work is done, without any script.
async function settled() {
	for (let i = 0; i < 120 && await page.locator("meta[http-equiv=refresh]").count(); i++) {
		await page.waitForTimeout(500);
	}
}

onServer(async (made, first) => {
	server = made;
	page = await newPage(server, { javaScriptEnabled: false, storageState: await first.context().storageState() });
});

test("a messy table: every fault found, mended, confirmed, undone", async () => {
	await page.goto("/so/wifi/nhap");
	await fits("import");
	await bring("messy.xlsx", [[1, "UBND-1", "khach", "đang phát", "5/1/26", ""], [2, "", "khach", "đang phát", "", ""],
		[3, "UBND-3", "ai đó", "đang phát", "31/02/2026", ""]]);
	const text = await page.locator("main").innerText();
	for (const cell of ["Wi-Fi!B5", "Wi-Fi!C6", "Wi-Fi!E6"]) { assert.ok(text.includes(cell), `${cell}\n${text}`); }
	assert.ok(text.includes("Chưa lưu gì"));
	assert.ok(text.includes("Nháp"), "the hidden sheet is told");
	assert.equal(await page.getByRole("button", { name: /^Lưu / }).count(), 0);
	await fits("faults");
	await bring("mended.xlsx", [[1, "UBND-1", "khach", "đang phát", "5/1/26", ""],
		[2, "UBND-2", "khach", "đang phát", "", "mượn tạm"]]);
	await page.getByRole("button", { name: "Lưu 2 bản ghi vào sổ" }).click();
	await settled();
	assert.match(await page.locator("main").innerText(), /Đã lưu, lần nhập số 1/);
	const saved = page.url();
	await page.goto("/so/wifi");
	assert.match(await page.locator("main").innerText(), /UBND-2/);
	await page.goto(saved);
	await page.getByRole("button", { name: "Hoàn tác cả lần nhập này" }).click();
	await settled();
	assert.match(await page.locator("main").innerText(), /Đã hoàn tác/);
	await page.goto("/so/wifi");
	assert.doesNotMatch(await page.locator("main").innerText(), /UBND-2/);
});

// EVIDENCE: D10.2.a#1
test("a table as offices have it: every cell at fault by sheet, column and row, then mended and undone", async () => {
	const good = [
		'["1", "VP-1", "khach", "đang phát", Old("phòng họp tầng hai"), Serial(46023), Formula("A1&B2", "Khách")]',
		'[2, "VP-2", "can bo noi mang noi bo", "da tat", Old("nhà để xe cũ", "vni"), "5/1/26", ""]',
		'[3, "VP-3", "Khách, người ngoài", "Đang phát", "", "ngày 7 tháng 1 năm 2026", ""]'];
	const bad = ['[4, "", "khach", "đang phát", "Tầng 2", "31/02/2026", Wrong("#REF!")]',
		'["5", "VP-5", "ai cũng được", "đang phát", "Tầng 3", "3/25/2026", Formula("1+1")]',
		'[6, "VP-1", "khach", "đang phát", "Tầng 4", Serial(46023), ""]'];
	const text = await send("that.xlsx", messy([...good, ...bad], ["E5:E6"]));
	for (const cell of ["B7", "F7", "G7", "C8", "F8", "G8", "B9"]) {
		assert.ok(text.includes(`Wi-Fi!${cell}`), `${cell}\n${text}`);
	}
	assert.deepEqual([...new Set(text.match(/Wi-Fi![A-Z]+[456]\b/g) ?? [])], [], "no fault where there is none");
	for (const words of ["Chưa lưu gì", "Nháp", "Ẩn kỹ", "#REF!", "05/03/2026"]) { assert.ok(text.includes(words), words); }
	await fits("offices");
	await send("that-sua.xlsx", messy(good, ["E5:E6"]));
	await page.getByRole("button", { name: "Lưu 3 bản ghi vào sổ" }).click();
	await settled();
	const saved = page.url();
	await page.goto("/so/wifi");
	const list = await page.locator("main").innerText();
	for (const words of ["VP-1", "VP-2", "VP-3", "phòng họp tầng hai", "nhà để xe cũ", "05/01/2026", "07/01/2026"]) {
		assert.ok(list.includes(words), `${words}\n${list}`);
	}
	await page.goto(saved);
	await page.getByRole("button", { name: "Hoàn tác cả lần nhập này" }).click();
	await settled();
	await page.goto("/so/wifi");
	assert.doesNotMatch(await page.locator("main").innerText(), /VP-[123]/);
});

test("files on a record, and one value for many rows", async () => {
	await bring("rows.xlsx", [1, 2, 3].map((i) => [i, `Mang-${i}`, "khach", "đang phát", "", ""]));
	await page.getByRole("button", { name: "Lưu 3 bản ghi vào sổ" }).click();
	await settled();
	await page.goto("/so/wifi");
	await page.getByRole("link", { name: "Mang-1", exact: true }).click();
	const record = page.url();
	await page.setInputFiles("#tep", { name: "biên bản.txt", mimeType: "text/plain", buffer: Buffer.from("đã bàn giao") });
	await page.getByRole("button", { name: "Tải lên" }).click();
	await fits("record");
	await page.getByRole("link", { name: "biên bản.txt" }).click();
	assert.match(await page.locator("pre").innerText(), /đã bàn giao/);
	await fits("file");
	await page.goto(record);
	await page.locator("summary", { hasText: "Gỡ tệp" }).click();
	await page.locator("form[action$='/go'] input[name=ly-do]").fill("nhầm");
	await page.getByRole("button", { name: "Gỡ tệp" }).click();
	await page.getByRole("button", { name: "Đưa lại" }).click();
	assert.equal(await page.locator("#tep-dinh-kem del").count(), 0);
	await page.goto("/so/wifi");
	for (const i of [1, 2]) { await page.getByRole("checkbox", { name: `Chọn Mang-${i}`, exact: true }).check(); }
	await fits("list");
	await page.getByRole("button", { name: "Sửa các dòng đã chọn" }).click();
	await page.selectOption("#truong", "trang-thai");
	await page.getByRole("button", { name: "Chọn trường" }).click();
	await page.selectOption("[name=t-trang-thai]", "da-tat");
	await page.getByRole("button", { name: "Xem trước thay đổi" }).click();
	await fits("bulk");
	await page.getByRole("button", { name: "Sửa 2 bản ghi" }).click();
	assert.match(await page.locator("main").innerText(), /Đã sửa 2 bản ghi/);
	await page.getByRole("button", { name: "Hoàn tác tất cả" }).click();
	assert.match(await page.locator("main").innerText(), /Đã hoàn tác/);
	assert.deepEqual(page.faults, []);
});
