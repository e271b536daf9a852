// log.test.js - the log in a real browser: found, read, proven, verified, its minutes signed and its
// sheet printed; on a phone, in English, and without script. EVIDENCE: D11.4#5
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { BIN, Server, closeBrowser, newPage, press, screenPath, sealLog, sendLines, setUp } from "./khien.js";

let server, state;

async function axe(page, name) {
	const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag22aa"]).analyze();
	assert.deepEqual(violations.map((v) => `${name}: ${v.id}: ${v.nodes[0].html}`), []);
}

async function inside(options = {}) { return newPage(server, { storageState: state, ...options }); }

before(async () => {
	server = await Server.start();
	const page = await newPage(server);
	await setUp(page, server);
	await page.goto("/nhat-ky");
	// the service begins its log by itself: the first entries are its own
	assert.match(await page.locator(".strip").innerText(), /chưa có dòng nào|Niêm phong đến/);
	await axe(page, "empty");
	// with the service stopped the command makes the log, its first entries and its seal
	server.process.kill("SIGTERM");
	await new Promise((done) => server.process.once("exit", done));
	execFileSync(BIN, ["log", "seal", "--data", join(server.own, "data"), "--unit", "tayson.gov.vn"]);
	await server.run();
	state = await page.context().storageState();
});

after(async () => { await closeBrowser(); await server.stop(); });

test("the log's own entries are found, newest first, and the strip tells the seal", async () => {
	const page = await inside();
	await page.goto("/nhat-ky");
	assert.match(await page.locator(".log").innerText(), /Nhật ký bắt đầu/, "Khiên's own lines are said in words");
	for (let i = 0; i < 60 && !/Niêm phong đến/.test(await page.locator(".strip").innerText()); i++) {
		await page.waitForTimeout(1000); // the strip is looked at anew every five seconds
		await page.reload();
	}
	assert.match(await page.locator(".strip").innerText(), /Niêm phong đến\s+\d\d\/\d\d\/\d{4}/);
	await axe(page, "nhat-ky");
	await page.fill("#hoi", "khongcodongnao");
	await press(page, "Tìm trong nhật ký");
	assert.match(await page.locator("main").innerText(), /0 dòng khớp; đã xem hết nhật ký/);
	await page.fill("#hoi", 'kind:link "origin"');
	await press(page, "Tìm trong nhật ký");
	assert.match(await page.locator("[role=status]").first().innerText(), /^1 dòng khớp/);
	assert.match(await page.locator(".log").innerText(), /khien\/nhat-ky/, "who asks for them sees what stands in them");
});

test("a search is kept by name, found again, and let go", async () => {
	const page = await inside();
	await page.goto("/nhat-ky?hoi=" + encodeURIComponent('kind:link "origin"'));
	await page.locator(".saved summary").click();
	await page.fill("#ten-cau", "Mở đầu <nhật ký>");
	await press(page, "Lưu lần tìm");
	assert.equal(await page.inputValue("#hoi"), 'kind:link "origin"');
	await page.goto("/nhat-ky");
	await page.locator(".saved summary").click();
	await page.getByRole("link", { name: "Mở đầu <nhật ký>" }).click();
	assert.equal(await page.inputValue("#hoi"), 'kind:link "origin"');
	assert.match(await page.locator("[role=status]").first().innerText(), /^1 dòng khớp/);
	await page.locator(".saved summary").click();
	await press(page, "Bỏ");
	assert.equal(await page.locator(".saved li").count(), 0);
});

test("a wrong question is refused with its column and kept", async () => {
	const page = await inside();
	await page.goto("/nhat-ky?hoi=" + encodeURIComponent('lỗi "abc') + "&tu=31/02/2026");
	const faults = await page.locator(".faults").innerText();
	assert.match(faults, /cột 5: thiếu dấu ngoặc kép đóng/);
	assert.match(faults, /không hiểu thời gian "31\/02\/2026"/);
	assert.equal(await page.inputValue("#hoi"), 'lỗi "abc');
	assert.equal(await page.locator(".log").count(), 0);
});

test("a line's proof is accepted by khien-verify, and refused when it names another line", async () => {
	const page = await inside({ javaScriptEnabled: false });
	await page.goto("/nhat-ky?hoi=kind:link");
	await page.locator(".log a").first().click();
	assert.match(await page.locator(".facts").innerText(), /Khiên tự ghi/);
	assert.match(await page.locator(".facts").innerText(), /mở đầu, tiếp nối/);
	assert.doesNotMatch(await page.locator(".facts").innerText(), /\b(own|link)\b/);
	await page.screenshot({ path: screenPath("nhat-ky-dong"), fullPage: true });
	const proof = await (await page.request.get(page.url() + ".tlog-proof")).text();
	const path = join(server.own, "p.tlog-proof");
	const keys = join(server.own, "data/log", String(new Date(1000 * (server.now() + 7 * 3600)).getUTCFullYear()), "keys/public.txt");
	const verify = () => execFileSync(BIN + "-verify", ["proof", path, "--key", keys], { encoding: "utf8" });
	writeFileSync(path, proof);
	assert.match(verify(), /^✓/);
	writeFileSync(path, proof.replace(/^index 0$/m, "index 1"));
	assert.throws(verify, (error) => error.status === 1);
});

test("downloads say whether they are complete", async () => {
	const page = await inside();
	const all = await (await page.request.get("/api/v1/log")).json();
	assert.equal(all.complete, true);
	assert.equal(all.count, all.lines.length);
	assert.ok(all.lines.some((line) => line.kind === "link"));
	const csv = await (await page.request.get("/nhat-ky.csv?hoi=kind:link")).text();
	assert.match(csv, /Đủ: 1 dòng/);
});

test("the log is verified, the minutes are signed and count, the sheet is there to print", async () => {
	const page = await inside();
	await page.goto("/kiem-chung");
	await press(page, "Kiểm chứng ngay");
	for (let i = 0; i < 30 && !(await page.locator(".minutes").count()); i++) {
		await page.waitForTimeout(500);
		await page.goto("/kiem-chung");
	}
	const minutes = await page.locator(".minutes").innerText();
	assert.match(minutes, /Chỗ sai\s+0/);
	assert.match(minutes, /Trả lời cho nghĩa vụ: khoản 4 Điều 11\n/); // as people cite it, once
	await axe(page, "kiem-chung");
	await press(page, "Ký biên bản");
	assert.match(await page.locator(".faults").innerText(), /Hãy ghi kết luận/);
	await page.fill("#ket-luan", "Nhật ký nguyên vẹn");
	await press(page, "Ký biên bản");
	assert.match(await page.locator(".notice").innerText(), /Đã lưu/);
	// signed once: the form is gone, who signed stands there
	assert.equal(await page.locator("#ket-luan").count(), 0);
	assert.match(await page.locator(".signed").innerText(), /Nhật ký nguyên vẹn/);
	await page.screenshot({ path: screenPath("kiem-chung"), fullPage: true });
	// what was signed stands behind the obligation, with its date
	await page.goto("/ket-qua/1/tay-son/D11.4%235");
	const proof = page.locator(".proofs li", { hasText: "Biên bản kiểm tra tính toàn vẹn của logfile" }).first();
	assert.match(await proof.textContent(), /(?<!không )đạt/);
	await page.goto("/kiem-chung");
	await page.locator(".pages-list a").first().click();
	assert.equal(await page.locator("svg").count(), 1);
	await page.emulateMedia({ media: "print" });
	await page.screenshot({ path: screenPath("niem-phong"), fullPage: true });
});

// EVIDENCE: D4.3
test("the text of a line goes by a decision typed on its page, and its proof still holds", async () => {
	const secret = "mat-khau-quan-tri=Suoi-nguon-9";
	const page = await inside();
	const reach = async (path, wanted) => {
		for (let i = 0; i < 60; i++) {
			await page.goto(path);
			if (wanted.test(await page.locator("main").innerText())) { break; }
			await page.waitForTimeout(250);
		}
		assert.match(await page.locator("main").innerText(), wanted);
	};
	await sendLines(server, [`<13>may su: ${secret}`]);
	await sealLog(server);
	await reach("/nhat-ky?hoi=Suoi-nguon-9", /Suoi-nguon-9/);
	await page.locator(".log a").first().click();
	const line = page.url();
	await page.getByRole("link", { name: "Xóa nội dung dòng này…" }).click();
	assert.match(await page.locator("main").innerText(), /Suoi-nguon-9/, "what goes is shown before");
	await axe(page, "xoa-noi-dung");
	await page.getByLabel("Số, ký hiệu quyết định").fill("12/QĐ-UBND");
	await page.getByLabel("Ngày ký").fill(new Date(1000 * (server.now() + 7 * 3600)).toISOString().slice(0, 10)
		.split("-").reverse().join("/"));
	await page.getByLabel("Người ký (họ tên, chức vụ)").fill("Trần Văn Ký, Chủ tịch");
	await page.getByLabel("Lý do xóa").fill("mật khẩu ghi nhầm vào nhật ký");
	await press(page, "Xóa nội dung dòng này");
	assert.match(await page.locator(".faults").innerText(), /đánh dấu ô xác nhận/);
	assert.equal(await page.getByLabel("Số, ký hiệu quyết định").inputValue(), "12/QĐ-UBND");
	await page.locator("[name=chac]").check();
	await press(page, "Xóa nội dung dòng này");
	assert.match(await page.locator("main").innerText(), /Đang chờ/);
	const order = page.url();
	await reach(order, /khi nhật ký có thêm \d+ dòng/); // the decision is sealed, the text not yet gone
	await sendLines(server, Array.from({ length: 300 }, (_, i) => `<13>may su: dòng sau ${i}`));
	await sealLog(server);
	await reach(order, /Đã xóa nội dung/);
	await page.screenshot({ path: screenPath("xoa-noi-dung"), fullPage: true });
	await page.goto(line);
	const text = await page.locator("main").innerText();
	assert.match(text, /Nội dung đã xóa theo quyết định/);
	assert.doesNotMatch(text, /Suoi-nguon-9/);
	await page.goto("/nhat-ky?hoi=Suoi-nguon-9");
	assert.match(await page.locator("[role=status]").first().innerText(), /^0 dòng khớp/);
	const verify = execFileSync(BIN + "-verify", [join(server.own, "data/log"), "--format", "json"], { encoding: "utf8" });
	const [log] = JSON.parse(verify);
	assert.deepEqual([log.redacted, log.findings], [1, []]);
});

test("a phone is wide enough, and English is English", async () => {
	const page = await inside({ viewport: { width: 360, height: 740 } });
	await page.goto("/nhat-ky");
	assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
	await page.goto("/ngon-ngu/en?ve=/kiem-chung");
	assert.match(await page.locator("h1").innerText(), /^Verify the log$/);
	assert.doesNotMatch(await page.locator("main").innerText(), /Chỗ sai|Kiểm chứng ngay/);
});
