// journeys.test.js - the officer's longer ways in a real browser, each to its end: a leaver and a mover, a vendor
// from its contract to its breach, a device that is not disposed of without its certificate, a domain that is
// given back, a review of accounts over all units. At desk; the officer's steps at 360 px; one of them without script.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BIN, SCREENS, SOURCE, fill, newPage, press, onServer } from "./khien.js";

const PDFTOTEXT = "/usr/bin/pdftotext";
let server, desk, phone, bare, page;

const day = (ahead = 0) => new Date((server.now() + 7 * 3600 + 86400 * ahead) * 1000).toISOString().slice(0, 10)
	.split("-").reverse().join("/");
const moment = () => `${day()} ${new Date((server.now() + 7 * 3600) * 1000).toISOString().slice(11, 16)}`;

// Rows of a register, brought in by the command beside the pages; the number of the last record.
function bring(register, heads, ...rows) {
	const path = join(server.own, `${register}.csv`);
	writeFileSync(path, [heads, ...rows].map((row) => row.map((c) => `"${c}"`).join(",")).join("\n") + "\n");
	execFileSync(BIN, ["register", "import", register, path, "--data", join(server.own, "data"), "--packs",
		join(SOURCE, "packs"), "--unit", "1"],
	{ env: { ...process.env, KHIEN_TEST_CLOCK: server.clock, KHIEN_LANG: "vi" } });
}

async function person(name) {
	await page.goto("/nhan-su");
	await page.locator("summary", { hasText: "Thêm người" }).click();
	await fill(page, { ten: name });
	await page.selectOption("#don-vi-moi", "1");
	await page.locator("details form button[type=submit]").first().click();
	await page.waitForURL(/\/nhan-su\/\d+/);
	return page.url();
}

// The page of the record that a search of its register finds.
async function record(register, name) {
	await page.goto(`/so/${register}`);
	await page.getByRole("link", { name, exact: true }).click();
	return page.url();
}

async function begin(title) {
	await page.getByRole("link", { name: title, exact: true }).click();
	await press(page, "Mở hồ sơ");
	await page.waitForURL(/\/ho-so\/\d+/);
	return page.url();
}

const card = (title) => page.locator("details.card", { has: page.locator("summary", { hasText: title }) });

async function move(title, fields = {}, { ticks = [], picks = {} } = {}) {
	const form = card(title);
	if (await form.getAttribute("open") === null) { await form.locator("summary").click(); }
	for (const [name, value] of Object.entries(fields)) { await form.locator(`[name="${name}"]`).fill(value); }
	for (const [name, value] of Object.entries(picks)) { await form.locator(`[name="${name}"]`).selectOption(value); }
	for (const name of ticks) { await form.locator(`[name="${name}"]`).check(); }
	await form.locator("button[type=submit]").click();
}

const here = () => page.locator(".ribbon .here").innerText();
const faults = () => page.locator(".faults").innerText();
const task = (words) => page.locator("form.review tbody tr", { hasText: words });

// It fits at both widths, with a picture of each.
async function fits(name) {
	const size = page.viewportSize();
	for (const width of [1280, 360]) {
		await page.setViewportSize({ width, height: 800 });
		const wide = await page.evaluate(() => document.documentElement.scrollWidth);
		assert.ok(wide <= width, `${name} is ${wide} px wide at ${width}`);
		await page.screenshot({ path: join(SCREENS, `journey-${name}-${width}.png`), fullPage: true });
	}
	await page.setViewportSize(size);
}

// What is printed of this page, as the words of a real PDF; "" where no reader of PDF is.
async function printed() {
	await page.locator(".sheet").waitFor();
	const bytes = await page.pdf({ format: "A4" });
	assert.equal(bytes.subarray(0, 5).toString(), "%PDF-");
	if (!existsSync(PDFTOTEXT)) { return page.locator(".sheet").innerText(); }
	const path = join(server.own, "paper.pdf");
	writeFileSync(path, bytes);
	const text = execFileSync(PDFTOTEXT, ["-raw", path, "-"]).toString().normalize("NFC");
	assert.doesNotMatch(text, /Đăng xuất|Quản trị/, "nothing but the paper is printed");
	return text.replace(/\s+/g, " ");
}

onServer(async (made, first) => {
	server = made;
	desk = page = first;
	const storageState = await desk.context().storageState();
	phone = await newPage(server, { storageState, viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
	bare = await newPage(server, { storageState, javaScriptEnabled: false });
});

async function decide(url, state, number) {
	await page.goto(url);
	await page.selectOption("#tinh-trang", state);
	await fill(page, { "so-qd": number, "ngay-ky": day(), "hieu-luc": day() });
	if (await page.locator("#gio").count()) { await page.fill("#gio", "00:00"); }
	await page.locator("form[action$='/quyet-dinh'] button[type=submit]").last().click();
}

// EVIDENCE: D12.1.e, D8.2#3, D8.2#4
test("a leaver: each thing that is theirs has a task and a clock, the head prints the proof", async () => {
	page = desk;
	await person("Trần Thị Nhận");
	const leaver = await person("Lê Văn Nghỉ");
	bring("accounts", ["Tên đăng nhập", "Loại tài khoản", "Người sử dụng"], ["nghi.le", "Cá nhân", "Lê Văn Nghỉ"],
		["nhan.tran", "Cá nhân", "Trần Thị Nhận"]);
	bring("admins", ["Tài khoản", "Cán bộ được giao"], ["root-web", "Lê Văn Nghỉ"]);
	bring("signatures", ["Số hiệu chứng thư số", "Tên trên chứng thư số", "Loại", "Người giữ, sử dụng"],
		["54012E", "Lê Văn Nghỉ", "Cá nhân", "Lê Văn Nghỉ"], ["54012F", "UBND xã", "Cơ quan, tổ chức", "Lê Văn Nghỉ"]);
	bring("mailboxes", ["Địa chỉ thư điện tử", "Người sử dụng"], ["nghi.le@tayson.example", "Lê Văn Nghỉ"]);
	bring("devices", ["Tên thiết bị", "Loại", "Người được giao"], ["Máy xách tay 12", "Máy xách tay", "Lê Văn Nghỉ"]);
	bring("shares", ["Tên chia sẻ", "Thư mục, đường dẫn", "Người chịu trách nhiệm"],
		["Mẫu biểu", "\\\\\\\\may1\\\\mau", "Lê Văn Nghỉ"]);
	await decide(leaver, "retired", "15/QĐ-UBND");

	page = phone;
	await page.goto("/ho-so");
	await page.locator("th a", { hasText: "Lê Văn Nghỉ" }).click();
	const url = page.url();
	await fits("leaver");
	assert.match(await page.locator("dl.facts").first().innerText(), new RegExp(`${day()} 23:59`),
		"the clock runs from the effective hour");
	await move("Thông báo cho đơn vị vận hành", { notified_to: "Trung tâm CNTT", notified_at: `${day()} 00:30` });
	assert.equal(await here(), "Đang thu hồi");
	const rows = await page.locator("form.review tbody tr").allInnerTexts();
	for (const thing of ["nghi.le", "root-web", "54012E", "54012F", "nghi.le@tayson.example", "Máy xách tay 12", "Mẫu biểu",
		"VPN"]) {
		const row = rows.find((text) => text.includes(thing));
		assert.ok(row, `${thing} has no task:\n${rows.join("\n")}`);
		assert.match(row, /hạn .*23:59/, `${thing} has no clock`);
	}
	assert.equal(rows.length, 8, "nothing of other people");
	await fits("leaver-tasks");

	for (const [thing, value] of [["nghi.le", "revoked"], ["root-web", "revoked"], ["54012E", "revoked"],
		["54012F", "adjusted"], ["nghi.le@", "revoked"], ["Máy xách tay 12", "returned"], ["VPN", "none"]]) {
		await task(thing).first().locator(`input[value=${value}]`).check();
	}
	await press(page, "Ghi các việc đã chọn");
	await move("Đã thu hồi xong");
	assert.match(await faults(), /chưa thu hồi/, "the share is left");
	await task("Mẫu biểu").locator("input[value=revoked]").check();
	await press(page, "Ghi các việc đã chọn");
	await move("Đã thu hồi xong");
	assert.equal(await here(), "Đang bàn giao");

	page = desk;
	await page.goto(url);
	await move("Xác nhận và kết thúc hồ sơ", { handed_over: "Hồ sơ một cửa 2026, tủ 3" },
		{ picks: { receiver: { label: "Trần Thị Nhận" } } });
	assert.match(await faults(), /Người nhận đã mở được hồ sơ: chưa đánh dấu/, "the receiver must have opened them");
	await move("Xác nhận và kết thúc hồ sơ", {}, { ticks: ["opened"] });
	assert.equal(await here(), "Đã xác nhận");
	await page.getByRole("link", { name: /Giấy xác nhận/i }).click();
	await fits("leaver-proof");
	const paper = await printed();
	for (const words of ["15/QĐ-UBND", "Trung tâm CNTT", "Trần Thị Nhận", "Hồ sơ một cửa 2026, tủ 3", "nghi.le", "root-web",
		"54012E", "54012F", "Máy xách tay 12", "Mẫu biểu", "VPN", "THỦ TRƯỞNG ĐƠN VỊ"]) {
		assert.ok(paper.includes(words), `${words} is not on the paper:\n${paper}`);
	}
	await record("devices", "Máy xách tay 12");
	assert.match(await page.locator("main").innerText(), /Lưu kho/, "the register was told");
});

// EVIDENCE: D12.1.e
test("a mover keeps what the new post needs, and no more", async () => {
	page = desk;
	const mover = await person("Võ Thị Chuyển");
	bring("accounts", ["Tên đăng nhập", "Loại tài khoản", "Người sử dụng"], ["chuyen.vo", "Cá nhân", "Võ Thị Chuyển"]);
	bring("mailboxes", ["Địa chỉ thư điện tử", "Người sử dụng"], ["chuyen.vo@tayson.example", "Võ Thị Chuyển"]);
	await page.goto(mover);
	await fill(page, { "chuc-vu": "Văn thư", "so-qd": "16/QĐ-UBND", "ngay-ky": day(), "hieu-luc": day() });
	await page.locator("form[action$='/quyet-dinh'] button[type=submit]").last().click();
	await page.goto("/ho-so?q=chuyen");
	await page.locator("th a", { hasText: "Võ Thị Chuyển" }).click();
	await move("Thông báo cho đơn vị vận hành", { notified_to: "Trung tâm CNTT", notified_at: moment() });
	assert.match(await page.locator("main").innerText(), /thay đổi vị trí công tác/);
	await task("chuyen.vo").first().locator("input[value=adjusted]").check();
	await task("chuyen.vo@").locator("input[value=adjusted]").check();
	await task("VPN").locator("input[value=none]").check();
	await press(page, "Ghi các việc đã chọn");
	await move("Đã thu hồi xong");
	assert.equal(await here(), "Đang bàn giao");
	await record("accounts", "chuyen.vo");
	assert.match(await page.locator("main").innerText(), /Đang dùng/, "an adjusted account stays");
});

// EVIDENCE: D6.1#1, D6.1#2, D6.3.a, D6.3.b, D6.3.c, D6.3.d#1, D6.4.a#1, D6.4.a#2
test("a vendor: mandatory terms, a breach, the end with keys changed", async () => {
	page = desk;
	bring("vendors", ["Tên bên cung cấp", "Trạng thái"], ["Công ty Phần mềm Thử", "Đang cung cấp"]);
	bring("accounts", ["Tên đăng nhập", "Loại tài khoản", "Bên cung cấp (tài khoản người ngoài)"],
		["ncc.baotri", "Người ngoài", "Công ty Phần mềm Thử"]);
	await record("vendors", "Công ty Phần mềm Thử");
	const url = await begin("Thuê dịch vụ công nghệ thông tin");
	const terms = ["scope", "breach", "damage", "secret", "measures", "data"].map((t) => `term_${t}`);
	const signed = { contract_no: "12/HĐ-UBND", signed_day: day(), end_day: day(365) };
	await move("Ký, đưa hợp đồng vào hiệu lực", signed, { ticks: terms.slice(0, 5) });
	assert.match(await faults(), /thiếu điều khoản bắt buộc của Điều 6/);
	assert.equal(await here(), "Chuẩn bị hợp đồng");
	assert.ok(await card("Ký, đưa").locator("[name=term_scope]").isChecked(), "what was ticked stays");
	await move("Ký, đưa hợp đồng vào hiệu lực", {}, { ticks: ["term_data"] });
	assert.equal(await here(), "Đang sử dụng");

	page = phone;
	await page.goto(url);
	await move("Ghi dấu hiệu vi phạm", { found_at: moment(), breach: "Chép dữ liệu dân cư ra ngoài." });
	await fits("vendor-breach");
	assert.match(await task("ncc.baotri").innerText(), /còn (\d+ phút|1 giờ)/, "at once has a number");
	await move("Tạm dừng hoặc đình chỉ", {}, { picks: { degree: "serious", measure: "stop" } });
	assert.match(await faults(), /chưa thu hồi/);
	server.pass({ minutes: 5 });
	await task("ncc.baotri").locator("input[value=locked]").check();
	await task("Ngắt mọi phiên").locator("input").check();
	await press(page, "Ghi các việc đã chọn");
	await move("Tạm dừng hoặc đình chỉ", {}, { picks: { degree: "serious", measure: "stop" } });
	assert.equal(await here(), "Đã thu hồi quyền truy cập");

	page = desk;
	await page.goto(url);
	await page.getByRole("link", { name: /Về hành vi vi phạm/ }).click();
	const notice = await printed();
	for (const words of ["12/HĐ-UBND", "Chép dữ liệu dân cư ra ngoài.", "nghiêm trọng", "đình chỉ"]) {
		assert.ok(notice.includes(words), `${words}\n${notice}`);
	}
	await page.goto(url);
	await move("Thông báo chính thức và báo cáo", { notice_no: "20/TB-UBND", notice_day: day(),
		damage: "Không lộ dữ liệu cá nhân.", report_no: "21/BC-UBND" });
	await move("Chấm dứt hợp đồng do vi phạm", { settlement: "Bồi thường 5 triệu đồng.", ended_at: moment() });
	await move("Kết thúc hợp đồng", { handed_over: "Mã nguồn, dữ liệu trên đĩa số 4" });
	assert.match(await faults(), /chưa đổi hết khóa, mật khẩu/);
	await task("ncc.baotri").locator("input[value=revoked]").check();
	await task("Nhận lại tài sản").locator("input[value=none]").check();
	await press(page, "Ghi các việc đã chọn");
	await move("Kết thúc hợp đồng", { handed_over: "Mã nguồn, dữ liệu trên đĩa số 4" });
	assert.match(await faults(), /chưa đổi hết khóa, mật khẩu/, "the keys are left");
	await task("Thay đổi các khóa").locator("input").check();
	await press(page, "Ghi các việc đã chọn");
	await move("Kết thúc hợp đồng", { handed_over: "Mã nguồn, dữ liệu trên đĩa số 4" });
	assert.equal(await here(), "Đã kết thúc");
	await fits("vendor-end");
	await page.getByRole("link", { name: /Biên bản: Kết thúc sử dụng dịch vụ/ }).click();
	assert.match(await printed(), /Thay đổi các khóa, mật khẩu/);
	await record("accounts", "ncc.baotri");
	assert.match(await page.locator("main").innerText(), /Đã hủy/);
});

// EVIDENCE: D7.3, D12.9#2
test("a device is not disposed of without its erasure certificate, without script", async () => {
	page = bare;
	bring("devices", ["Tên thiết bị", "Loại", "Trạng thái", "Số sê-ri ổ cứng"],
		["Máy cũ phòng Tài chính", "Máy trạm", "Lưu kho", "WD-77120"]);
	await record("devices", "Máy cũ phòng Tài chính");
	const url = await begin("Thanh lý thiết bị");
	await move("Đồng ý cho thanh lý", { proposal: "Hỏng bo mạch" });
	await move("Ghi việc xóa dữ liệu", { disk_serial: "WD-77120", tool: "nwipe 0.34", erased_day: day() },
		{ picks: { method: "software" } });
	await fits("disposal");
	const decided = { decision: "9/QĐ-UBND", decision_day: day() };
	const checked = { picks: { verified_by: { label: "Trần Thị Nhận" } }, ticks: ["verified"] };
	await card(/^Thanh lý/).locator("[name=certificate]").evaluate((e) => e.removeAttribute("required"));
	await move(/^Thanh lý/, decided, checked);
	assert.match(await faults(), /Giấy xác nhận xóa dữ liệu .*: chưa chọn/);
	assert.equal(await page.locator(".faults a").first().getAttribute("href"), "#certificate");
	assert.equal(await here(), "Đã xóa dữ liệu");
	await fits("disposal-refused");
	await card(/^Thanh lý/).getByRole("link", { name: "Ghi vào Sổ xóa dữ liệu" }).click();
	assert.match(await page.locator("#t-thiet-bi option:checked").innerText(), /Máy cũ phòng Tài chính/);
	await fill(page, { "t-so-se-ri": "WD-77120", "t-chung-nhan": "07/XD-2026", "t-ngay": day() });
	await page.selectOption("#t-cach", "phan-mem");
	await page.selectOption("#t-ket-qua", "dat");
	await page.locator("form.record-form button[type=submit]").click();
	await page.waitForURL(/\/ho-so\/\d+\?/);
	await fits("disposal-with-its-record");
	assert.equal(await page.locator("[name=certificate] option:checked").innerText(), "WD-77120 (07/XD-2026)");
	const kept = await record("devices", "Máy cũ phòng Tài chính");
	assert.match(await page.locator("main").innerText(), /Lưu kho/, "the register still has it in store");

	await page.goto(url);
	await move(/^Thanh lý/, decided,
		{ ...checked, picks: { ...checked.picks, certificate: { label: "WD-77120 (07/XD-2026)" } } });
	assert.equal(await here(), "Đã thanh lý");
	await page.goto(kept);
	assert.match(await page.locator("main").innerText(), /Đã thanh lý/);
	await page.goto(url);
	await page.getByRole("link", { name: /Biên bản: Xóa dữ liệu/ }).click();
	const minutes = await page.locator(".sheet").innerText();
	for (const words of ["WD-77120", "07/XD-2026", "nwipe 0.34", "Trần Thị Nhận", "9/QĐ-UBND"]) {
		assert.ok(minutes.includes(words), words);
	}
});

// EVIDENCE: D12.7#1
test("a domain is given back by two letters", async () => {
	page = phone;
	bring("domains", ["Tên miền", "Tình trạng"], ["cu.tayson.example", "Không còn sử dụng"]);
	await record("domains", "cu.tayson.example");
	const url = await begin("Hủy tên miền");
	await move("Soạn hai văn bản", { unused_since: day(-30) });
	for (const [to, words] of [["Sở Khoa học và Công nghệ", /Kính gửi: Sở Khoa học và Công nghệ/], ["VNNIC", /VNNIC/]]) {
		await page.goto(url);
		await page.getByRole("link", { name: to }).click();
		const letter = await printed();
		assert.match(letter, words);
		assert.match(letter, /cu\.tayson\.example không còn sử dụng/);
		assert.match(letter, /CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\s+Độc lập - Tự do - Hạnh phúc/);
		assert.match(letter, /Số: [./]+\s+V\/v đề nghị hủy tên miền/, "its subject stands below its number");
		assert.match(letter, /Nơi nhận:\s+- Như trên;\s+- Lưu: VT\./);
		assert.doesNotMatch(letter, /Khiên|Người lập/, "it is the unit's letter");
	}
	await page.goto(url);
	await fits("domain");
	await move("Ghi việc gửi hai văn bản", { authority_no: "30/UBND", authority_day: day() });
	assert.equal(await here(), "Không còn sử dụng", "one letter is not two");
	await move("Ghi việc gửi hai văn bản", { vnnic_no: "31/UBND", vnnic_day: day() });
	assert.equal(await here(), "Đã gửi hai văn bản");
	await move("Tên miền đã được hủy", { answered_day: day(), answer: "VNNIC 88/2026" });
	assert.equal(await here(), "Đã hủy");
	await record("domains", "cu.tayson.example");
	const known = await page.locator("main").innerText();
	for (const words of [/Đã hủy/, /30\/UBND/, /31\/UBND/]) {
		assert.match(known, words, "what the case was told stands in the register");
	}
});

async function unit(name) {
	await page.goto("/don-vi/1");
	await page.getByRole("link", { name: "Thêm đơn vị trực thuộc" }).click();
	const form = page.locator("form[action='/don-vi/1/them']");
	for (const [field, value] of Object.entries({ ten: name, "so-qd": "1/QĐ", "ngay-ky": "01/01/2020",
		"hieu-luc": "01/01/2020" })) {
		await form.locator(`[name="${field}"]`).fill(value);
	}
	await form.locator("button[type=submit]").click();
}

// EVIDENCE: D8.1#3
test("a review of accounts reaches every unit, and each signs its own", async () => {
	page = desk;
	await unit("Trường Tiểu học Một");
	await unit("Trạm Y tế Hai");
	await page.goto("/ho-so/moi?luong=access-review");
	await press(page, "Mở hồ sơ");
	const url = page.url();
	await fits("review");
	await page.getByRole("link", { name: "Xem hồ sơ của đợt này ở các đơn vị" }).click();
	const units = await page.locator("tbody tr").allInnerTexts();
	for (const name of ["Trường Tiểu học Một", "Trạm Y tế Hai"]) {
		assert.ok(units.some((row) => row.includes(name)), `${name}\n${units.join("\n")}`);
	}
	await fits("review-units");

	page = phone;
	await page.goto(url);
	await move("Ký kết quả rà soát");
	assert.match(await faults(), /Còn tài khoản chưa rà soát/);
	const rows = page.locator("form.review tbody tr");
	const count = await rows.count();
	assert.ok(count >= 2, "each account that is in use has its line");
	for (let i = 0; i < count; i++) {
		const keep = !(await rows.nth(i).innerText()).includes("nhan.tran");
		await rows.nth(i).locator(`input[value=${keep ? "keep" : "revoke"}]`).check();
	}
	await press(page, "Ghi các việc đã chọn");
	await move("Ký kết quả rà soát", { note: "Thu hồi một tài khoản thừa." });
	assert.equal(await here(), "Đã ký kết quả");
	await page.getByRole("link", { name: /Rà soát quyền truy cập/ }).click();
	const paper = await printed();
	assert.match(paper, /nhan\.tran.*thu hồi/);
	await record("accounts", "nhan.tran");
	assert.match(await page.locator("main").innerText(), /Đã hủy/, "what was revoked is so in the register");
});

test("no page of these journeys had a fault of its script", () => {
	for (const one of [desk, phone, bare]) { assert.deepEqual(one.faults.filter((f) => !f.includes("422")), []); }
});
