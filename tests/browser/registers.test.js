// registers.test.js - registers in the browser: a messy table is brought, mended, confirmed and undone;
// files are attached; many records are changed at once; at desk and phone width, without JavaScript.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { SCREENS, SOURCE, Server, closeBrowser, newPage, setUp } from "./khien.js";

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

before(async () => {
	server = await Server.start();
	const first = await newPage(server);
	await setUp(first, server);
	page = await newPage(server, { javaScriptEnabled: false, storageState: await first.context().storageState() });
});

after(async () => {
	await closeBrowser();
	await server?.stop();
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
