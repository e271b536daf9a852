// newcomer.test.js - the first afternoon of the one officer of a commune, on an empty unit: a list of devices as the
// office has it, mended and taken back; a device by hand; the first line of a log; a duty with its proof; a paper; an
// incident from the phone. Nothing is wider than its screen, nothing is a dead end.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { SOURCE, Server, closeBrowser, fill, newPage, press, screenPath, setUp } from "./khien.js";

let server, desk, phone, port;

// ROWS under the headings and the title that such lists have.
function list(rows) {
	const script = `
import json, sys
sys.path.insert(0, ${JSON.stringify(join(SOURCE, "tests/flow"))})
from sheets import Sheet, xlsx
head = ["TT", "Tên thiết bị", "Mã TS", "Chủng loại", "Người sử dụng", "Phòng", "Trạng thái", "Ngày bàn giao"]
sys.stdout.buffer.write(xlsx([Sheet("Thiết bị", [["UBND XÃ TÂY SƠN"], ["DANH SÁCH THIẾT BỊ"], [], head,
    *json.load(sys.stdin)], merges=["A2:H2"])]))`;
	return execFileSync("python3", ["-c", script], { input: JSON.stringify(rows) });
}

async function fits(page, name) {
	const width = page.viewportSize().width;
	const wide = await page.evaluate(() => document.documentElement.scrollWidth);
	assert.ok(wide <= width, `${name} is ${wide} px wide at ${width}`);
	await page.screenshot({ path: screenPath(`newcomer-${name}-${width}`), fullPage: true });
}

const said = (page) => page.locator("main").innerText();

// The page loads itself again until the work is done.
const settled = (page) => page.waitForFunction(() => !document.querySelector("meta[http-equiv=refresh]"));

async function bring(page, name, rows) {
	await page.setInputFiles("#tep", { name, mimeType: "application/octet-stream", buffer: list(rows) });
	await press(page, "Đọc tệp");
	await settled(page);
}

async function freeUdp() {
	const probe = createServer();
	await new Promise((done) => probe.listen(0, "127.0.0.1", done));
	const { port: free } = probe.address();
	await new Promise((done) => probe.close(done));
	return free;
}

before(async () => {
	port = await freeUdp();
	server = await Server.start({}, (data) => {
		execFileSync("mkdir", ["-p", "-m", "700", data]);
		writeFileSync(join(data, "intake.yaml"), `udp: ["127.0.0.1:${port}"]\ntcp: []\n`, { mode: 0o600 });
	});
	desk = await newPage(server, { viewport: { width: 1280, height: 800 } });
	await setUp(desk, server);
	phone = await newPage(server, { storageState: await desk.context().storageState(),
		viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
});

after(async () => {
	await closeBrowser();
	await server?.stop();
});

// EVIDENCE: D10.1.g#2
test("a list of devices as the office has it: mended, saved, taken back", async () => {
	await desk.goto("/so/devices");
	await desk.getByRole("link", { name: "Nhập từ bảng" }).click();
	await bring(desk, "thiet bi 2026.xlsx", [
		[1, "Dell OptiPlex 3070", "TS-001", "Máy tính để bàn", "", "Văn phòng", "Đang sử dụng", "15/3/24"],
		[2, "Canon LBP 2900", "TS-001", "Máy in", "Bà Hoa", "Văn phòng", "Đang sử dụng", "31/02/2025"]]);
	const faults = await said(desk);
	for (const words of ["Chưa lưu gì", "E6", "Bà Hoa", "H6", "31/02/2025", "C6"]) {
		assert.ok(faults.includes(words), `${words}\n${faults}`);
	}
	assert.doesNotMatch(faults, /Thiết bị!D\d/, "the kinds are known by the words of the office");
	await fits(desk, "faults");
	await desk.getByRole("link", { name: "Nhập tệp đã sửa" }).click();
	await bring(desk, "thiet bi 2026 sua.xlsx", [
		[1, "Dell OptiPlex 3070", "TS-001", "Máy tính để bàn", "", "Văn phòng", "Đang sử dụng", "15/3/24"],
		[2, "Canon LBP 2900", "TS-002", "Máy in", "", "Văn phòng", "Đang sử dụng", ""]]);
	await press(desk, "Lưu 2 bản ghi vào sổ");
	await settled(desk);
	assert.match(await said(desk), /Đã lưu, lần nhập số 1/);
	const saved = desk.url();
	await desk.getByRole("link", { name: "Xem sổ" }).click();
	assert.match(await said(desk), /Canon LBP 2900/);
	await desk.goto(saved);
	await press(desk, "Hoàn tác cả lần nhập này");
	await settled(desk);
	await desk.goto("/so/devices");
	assert.doesNotMatch(await said(desk), /Canon LBP 2900/);
});

test("a device by hand, on the phone, and the paper of the register", async () => {
	await phone.goto("/so/devices");
	await phone.getByRole("link", { name: "Thêm bản ghi" }).click();
	await fits(phone, "device");
	await fill(phone, { "t-ten": "Laptop HP 15s", "t-so-tai-san": "TS-010", "t-noi-dat": "Một cửa" });
	await phone.selectOption("#t-loai", "xach-tay");
	await press(phone, "Lưu");
	assert.match(phone.url(), /\/ban-ghi\/\d+/);
	assert.match(await said(phone), /Laptop HP 15s/);
	await fits(phone, "record");
	await desk.goto("/so/devices/in");
	assert.match(await said(desk), /Laptop HP 15s/);
	assert.equal((await desk.pdf({ format: "A4" })).subarray(0, 5).toString(), "%PDF-");
});

test("the first device sends its log, and its line is found", async () => {
	await phone.goto("/nhat-ky/nguon");
	assert.match(await said(phone), /Chưa máy hay thiết bị nào gửi nhật ký về/);
	await fits(phone, "nobody-sends");
	const socket = createSocket("udp4");
	for (let i = 0; i < 60; i++) { // the second look finds the first line
		await new Promise((done) => socket.send("<134>tuong-lua: DROP SRC=203.0.113.9", port, "127.0.0.1", done));
		await phone.reload();
		if (/đang gửi/.test(await said(phone))) { break; }
		await phone.waitForTimeout(500);
	}
	socket.close();
	assert.match(await said(phone), /127\.0\.0\.1[^]*đang gửi/);
	await fits(phone, "sender");
	await phone.goto("/nhat-ky");
	const lines = await phone.locator(".log").innerText();
	assert.match(lines, /DROP SRC=203\.0\.113\.9/);
	assert.doesNotMatch(lines, /\{"/, "what Khiên wrote itself is said in words");
	await fits(phone, "log");
	await phone.getByRole("link", { name: "Cách đọc các con số này" }).click();
	assert.match(await said(phone), /Niêm phong đến:[^]*Chứng kiến/);
});

// EVIDENCE: D12.5#2
test("a duty is done with its proof, and the page says so", async () => {
	await phone.goto("/hom-nay");
	await phone.locator("li.item", { hasText: "Thực hiện sao lưu" }).locator("a.button").click();
	assert.ok(!await phone.locator("#sha256").isVisible(), "no digest is asked for");
	await phone.fill("#ket-qua", "Đã chép máy chủ ra ổ cứng ngoài, mở thử 3 tệp");
	await phone.setInputFiles("#tep", { name: "biên bản.txt", mimeType: "text/plain", buffer: Buffer.from("đủ 3 tệp") });
	await press(phone, "Ký: tôi đã làm việc này");
	const facts = await phone.locator("dl.facts").first().innerText();
	const today = new Date((server.now() + 7 * 3600) * 1000).toISOString().slice(0, 10).split("-").reverse().join("/");
	assert.match(facts, new RegExp(`Lần làm trước\\s+${today}`), "done on the first day counts");
	await phone.getByRole("link", { name: "biên bản.txt" }).click();
	assert.match(await phone.locator("pre").innerText(), /đủ 3 tệp/);
	await fits(phone, "proof");
});

test("an incident from the phone: said in a minute, taken in from Hôm nay", async () => {
	await phone.goto("/hom-nay");
	await phone.getByRole("link", { name: "Báo sự cố" }).click();
	await fits(phone, "report");
	const seen = "Máy tính phòng một cửa đòi tiền chuộc, tệp đổi đuôi";
	const jpeg = await desk.screenshot({ type: "jpeg" }), png = await desk.screenshot();
	await phone.locator("textarea").fill(seen);
	assert.equal(await phone.getAttribute("#anh", "accept"), "image/*");
	assert.equal(await phone.getAttribute("#anh", "capture"), null, "from the gallery too, not the camera alone");
	await phone.setInputFiles("#anh", { name: "man-hinh.jpg", mimeType: "image/jpeg", buffer: Buffer.from("MZ, no picture") });
	await press(phone, "Báo ngay");
	assert.match(await phone.locator("#anh-loi").innerText(), /"man-hinh\.jpg" không phải ảnh/);
	assert.equal(await phone.locator("textarea").inputValue(), seen, "what was typed stays");
	await fits(phone, "report-refused");
	await phone.setInputFiles("#anh", [{ name: "IMG_1.jpg", mimeType: "image/jpeg", buffer: jpeg },
		{ name: "Ảnh chụp 2.png", mimeType: "image/png", buffer: png }]);
	await press(phone, "Báo ngay");
	assert.match(await said(phone), /Đã báo\./);
	assert.match(await phone.locator("td", { hasText: "Ảnh:" }).innerText(), /2$/, "both arrived");
	await phone.goto("/hom-nay");
	await fits(phone, "today");
	await phone.locator(".item", { hasText: "đòi tiền chuộc" }).locator("a.button").click();
	assert.match(phone.url(), /\/ho-so\/\d+/);
	for (const name of ["IMG_1.jpg", "Ảnh chụp 2.png"]) {
		const picture = phone.getByRole("img", { name });
		await picture.scrollIntoViewIfNeeded();
		await phone.waitForFunction((alt) => document.querySelector(`img[alt="${alt}"]`).naturalWidth === 1280, name);
	}
	await fits(phone, "incident");
	assert.deepEqual([...desk.faults, ...phone.faults].filter((f) => !f.includes("422")), []);
});
