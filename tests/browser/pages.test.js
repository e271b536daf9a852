// pages.test.js - the pages in a real browser: set-up, reading, searching, exporting, both languages,
// desk and phone, with and without script, and what axe-core says of each.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { ADMIN, Server, closeBrowser, logIn, newPage, press, screenPath, setUp } from "./khien.js";

const PAGES = { "hom-nay": "/hom-nay", "quy-che": "/quy-che", "dieu-12": "/quy-che/tay-son/D12",
	"tim": "/tim?q=mat+khau", "ban-do": "/ban-do", "may": "/may/1", "phep-kiem": "/may/1/lock.deny",
	"vai-tro": "/may/1/vai-tro", "tien-trinh": "/may/1/tien-trinh", "toan-ven": "/toan-ven",
	"ngoai-le": "/ngoai-le", "quan-tri": "/quan-tri", "nhat-ky": "/quan-tri/nhat-ky", "tim-nhat-ky": "/nhat-ky?hoi=x", "goi": "/goi",
	"tai-khoan": "/tai-khoan", "doi-mat-khau": "/doi-mat-khau", "huong-dan": "/huong-dan",
	"khong-co": "/khong-co-trang-nay" };
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
let server, state;

async function axe(page, name) {
	const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
	assert.deepEqual(violations.map((v) => `${name}: ${v.id}: ${v.nodes[0].html}`), []);
}

// A page that is logged in as the administrator.
async function inside(options = {}) {
	const page = await newPage(server, { storageState: state, ...options });
	return page;
}

before(async () => {
	server = await Server.start();
	const page = await newPage(server);
	await page.goto("/thiet-lap");
	await axe(page, "thiet-lap");
	await page.screenshot({ path: screenPath("thiet-lap-1280"), fullPage: true });
	// the form says what is wrong and keeps what was typed
	await page.fill("#don-vi", "UBND xã Tây Sơn");
	await page.fill("#mat-khau-moi", "ngan");
	await page.locator("main button").click();
	assert.match(await page.title(), /^Có lỗi: /);
	assert.equal(await page.inputValue("#don-vi"), "UBND xã Tây Sơn");
	assert.equal(await page.evaluate(() => document.activeElement.className), "faults");
	assert.match(await page.locator(".faults").innerText(), /Mật khẩu quá ngắn/);
	await axe(page, "thiet-lap with faults");
	await setUp(page, server);
	assert.equal(new URL(page.url()).pathname, "/hom-nay");
	state = await page.context().storageState();
	await page.context().close();
});

after(async () => {
	await closeBrowser();
	await server?.stop();
});

test("the set-up code works once", async () => {
	const page = await newPage(server);
	await page.goto(`/thiet-lap?ma=${server.code}`);
	assert.equal(new URL(page.url()).pathname, "/dang-nhap");
	await axe(page, "dang-nhap");
	await page.context().close();
});

for (const lang of ["vi", "en"]) {
	test(`every page is without findings, fits and is small enough: ${lang}`, async () => {
		const page = await inside();
		await page.goto(`/ngon-ngu/${lang}?ve=/hom-nay`);
		for (const [name, path] of Object.entries(PAGES)) {
			for (const width of [1280, 360]) {
				await page.setViewportSize({ width, height: 900 });
				const answer = await page.goto(path);
				const size = (await answer.body()).length;
				assert.ok(size <= 150 * 1024, `${name}: ${size} bytes`);
				assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth),
					false, `${name} scrolls sideways at ${width}`);
				if (lang === "vi" || width === 1280) {
					await page.screenshot({ path: screenPath(`${name}-${lang}-${width}`),
						fullPage: width === 360 || name === "ban-do" });
				}
			}
			assert.equal(await page.getAttribute("html", "lang"), lang);
			await axe(page, `${name} ${lang}`);
		}
		assert.deepEqual(page.faults.filter((text) => !text.includes("404")), []);
		await page.context().close();
	});
}

test("targets are at least 24 pixels high", async () => {
	const page = await inside();
	for (const path of Object.values(PAGES)) {
		await page.goto(path);
		const small = await page.evaluate(() => [...document.querySelectorAll("button, input:not([type=hidden]), select, summary, nav a, .mark")]
			.filter((e) => e.getBoundingClientRect().height > 0 && e.getBoundingClientRect().height < 24)
			.map((e) => e.outerHTML.slice(0, 80)));
		assert.deepEqual(small, [], path);
	}
	await page.context().close();
});

// A machine that is busy may be asked a little longer than the page waits: then it says so.
async function auditAgain(page) {
	await press(page, "Kiểm tra lại ngay");
	assert.match(await page.locator(".notice").innerText(), /Đã kiểm tra lại máy|Máy đang được kiểm tra/);
}

test("Hôm nay leads from a fault to its cure and back to the law", async () => {
	const page = await inside();
	await page.goto("/hom-nay");
	await auditAgain(page);
	const section = page.locator("section", { hasText: "Cần xử lý trên máy này" });
	const failing = section.locator(".item", { hasText: "không đạt" }).first();
	assert.ok(!await failing.isVisible(), "a new unit sees its first steps, not what its machine lacks");
	await section.locator("summary").click();
	assert.ok(await failing.count() > 0);
	await failing.locator("a.button").click();
	assert.match(page.url(), /\/may\/1\/[a-z0-9._]+$/);
	assert.ok(await page.getByRole("heading", { name: "Cách khắc phục" }).count() > 0);
	await page.locator(".hits a").first().click();
	assert.match(page.url(), /\/quy-che\/[a-z0-9-]+\/D\d+#/);
	await page.context().close();
});

test("the reader shows text, obligation, verdict, who answers and the faults of the source", async () => {
	const page = await inside();
	await page.goto("/quy-che/tay-son/D12.1.b");
	assert.match(page.url(), /\/D12#D12\.1\.b$/);
	const row = page.locator("[id='D12.1.b']");
	assert.match(await row.innerText(), /không quá 05 lần/);
	assert.match(await row.innerText(), /điểm b khoản 1 Điều 12/);
	assert.match(await row.innerText(), /Chịu trách nhiệm: Đơn vị vận hành/);
	assert.ok(await row.locator(".chip").count() >= 2);
	assert.match(await page.locator(".defect").first().innerText(), /Lỗi của bản gốc/);
	await page.context().close();
});

test("search takes words with and without marks", async () => {
	const page = await inside();
	const counts = [];
	for (const words of ["mật khẩu", "mat khau", "MAT KHAU"]) {
		await page.goto("/quy-che");
		await page.fill("#q", words);
		await page.keyboard.press("Enter");
		counts.push(await page.locator("p[role=status]").innerText());
	}
	assert.equal(counts[0], counts[1]);
	assert.equal(counts[0], counts[2]);
	assert.ok(await page.locator(".hits li", { hasText: "điểm a khoản 1 Điều 12" }).count() > 0);
	await page.goto("/tim?q=khongcotunaynhe");
	assert.match(await page.locator("p[role=status]").innerText(), /Tìm thấy 0 chỗ/);
	await page.context().close();
});

test("the map of a past day knows nothing that came later", async () => {
	const page = await inside();
	await page.goto("/ban-do");
	assert.ok(await page.locator(".map .mark", { hasText: "✕" }).count() > 0, "something fails today");
	await page.fill("#ngay", "03/05/2021");
	await page.click("form.search button");
	assert.match(await page.locator("p[role=status]").innerText(), /03\/05\/2021/);
	assert.equal(await page.locator(".map .mark", { hasText: "✕" }).count(), 0, "no machine had been asked then");
	assert.equal(await page.locator("table.map").count(), 1, "TCVN 14423 was not in force then");
	await page.goto("/ban-do?ngay=2021-99-99");
	assert.equal(await page.locator("p[role=status]").count(), 0, "no day: now");
	await page.context().close();
});

test("the map tells by colour, shape and word, and prints", async () => {
	const page = await inside();
	await page.goto("/ban-do");
	assert.equal(await page.locator("table.map").first().locator("tbody tr").count(), 23);
	const marks = await page.locator(".mark").evaluateAll((all) => all.map((m) => [m.className, m.innerText.trim()[0]]));
	const shapes = new Map(marks);
	assert.ok(marks.length > 200);
	assert.equal(await page.getByRole("link", { name: /^\S.* (đạt|không đạt|quá hạn|chưa có bằng chứng|ngoại lệ|không áp dụng)$/ })
		.count(), marks.length, "and a word");
	assert.equal(new Set(shapes.values()).size, shapes.size, "one shape for each verdict");
	await page.emulateMedia({ media: "print" });
	assert.equal(await page.locator("body > nav").isVisible(), false);
	assert.equal(await page.locator(".mark").first().evaluate((m) => getComputedStyle(m).backgroundColor), "rgb(255, 255, 255)");
	await page.locator(".mark").first().evaluate((m) => m.click());
	await page.context().close();
});

test("every list leaves as CSV that Excel reads", async () => {
	const page = await inside();
	for (const path of ["/hom-nay.csv", "/quy-che/tay-son.csv", "/tim.csv?q=mat+khau", "/ban-do.csv", "/may.csv",
		"/may/1.csv", "/ngoai-le.csv", "/quan-tri/nguoi-dung.csv", "/quan-tri/nhat-ky.csv", "/goi.csv"]) {
		const answer = await page.request.get(path);
		const bytes = await answer.body();
		assert.equal(answer.status(), 200, path);
		assert.match(answer.headers()["content-type"], /^text\/csv/);
		assert.match(answer.headers()["content-disposition"], /attachment; filename="[a-z0-9-]+\.csv"/);
		assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], path);
		const rows = bytes.toString("utf8").trimEnd().split("\r\n");
		const cells = (row) => row.replace(/"([^"]|"")*"/g, "x").split(",").length;
		assert.ok(rows.every((row) => row.includes("\n") || cells(row) >= cells(rows[0]) - 3), path);
	}
	const law = await (await page.request.get("/quy-che/tay-son.csv")).text();
	assert.match(law, /tay-son\/D12\.1\.b#1/);
	await page.context().close();
});

test("an exception is recorded, shows in the verdict, and ends", async () => {
	const page = await inside();
	await page.goto("/may/1/lock.deny");
	await page.locator("summary", { hasText: "Ghi một ngoại lệ" }).click();
	await press(page, "Ghi ngoại lệ");
	assert.match(await page.locator(".faults").innerText(), /Hãy ghi lý do/);
	await page.selectOption("#nghia-vu", "tay-son/D12.1.b#1");
	await page.fill("#ly-do", "Chờ thay máy chủ <b>cũ</b>");
	await page.fill("#nguoi-duyet", "Trần Thị Bình, Chủ tịch");
	await page.fill("#den-ngay", "31/12/2020");
	await press(page, "Ghi ngoại lệ");
	assert.match(await page.locator(".faults").innerText(), /phải sau hôm nay/);
	assert.equal(await page.inputValue("#ly-do"), "Chờ thay máy chủ <b>cũ</b>");
	await page.fill("#den-ngay", "31/12/2029");
	await press(page, "Ghi ngoại lệ");
	assert.match(await page.locator("table").innerText(), /Chờ thay máy chủ <b>cũ<\/b>/);
	await axe(page, "ngoai-le with a row");
	await page.goto("/quy-che/tay-son/D12");
	assert.match(await page.locator("[id='nv-D12.1.b%231']").innerText(), /ngoại lệ/);
	await page.goto("/ngoai-le");
	await press(page, "Kết thúc sớm");
	assert.match(await page.locator("table").innerText(), /kết thúc sớm lúc/);
	await page.goto("/quy-che/tay-son/D12");
	assert.match(await page.locator("[id='nv-D12.1.b%231'] p", { hasText: "Máy" }).locator(".chip").innerText(), /không đạt/);
	await page.context().close();
});

test("without JavaScript everything is there", async () => {
	const page = await inside({ javaScriptEnabled: false });
	for (const [name, path] of Object.entries(PAGES)) {
		const answer = await page.goto(path);
		assert.equal(answer.status(), name === "khong-co" ? 404 : 200, name);
		assert.ok((await page.locator("main").innerText()).length > 40, name);
	}
	await page.goto("/hom-nay");
	await auditAgain(page);
	await page.goto("/ngon-ngu/en?ve=/hom-nay");
	assert.equal(await page.locator("h1").innerText(), "Today");
	await page.context().close();
});

test("the keyboard is enough", async () => {
	const page = await inside();
	await page.goto("/hom-nay");
	await page.keyboard.press("Tab");
	assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
	assert.ok(await page.evaluate(() => document.activeElement.getBoundingClientRect().left >= 0));
	await page.keyboard.press("Enter");
	assert.equal(await page.evaluate(() => document.activeElement.id), "noi-dung");
	const seen = new Set();
	for (let i = 0; i < 60; i++) {
		await page.keyboard.press("Tab");
		const outline = await page.evaluate(() => {
			const e = document.activeElement;
			return e === document.body ? null : [e.outerHTML.slice(0, 60), getComputedStyle(e).outlineStyle];
		});
		if (!outline) { break; }
		assert.notEqual(outline[1], "none", `no focus to be seen: ${outline[0]}`);
		seen.add(outline[0]);
	}
	assert.ok(seen.size > 10);
	await page.context().close();
});

test("the language stays, and the switch comes back to the same page", async () => {
	const page = await inside();
	await page.goto("/ngon-ngu/vi?ve=/");
	await page.goto("/tim?q=mat+khau");
	await page.getByRole("link", { name: "English" }).click();
	assert.match(page.url(), /\/tim\?q=mat\+khau$/);
	assert.equal(await page.locator("h1").innerText(), "Search the regulation");
	await page.goto("/may/1");
	assert.match(await page.locator("h1").innerText(), /^Machine /);
	await page.getByRole("link", { name: "Tiếng Việt" }).click();
	assert.match(await page.locator("h1").innerText(), /^Máy /);
	for (const elsewhere of ["//evil.example/", "https://evil.example/", "/\\evil.example", "%0d%0aX:1"]) {
		const answer = await page.request.get(`/ngon-ngu/vi?ve=${encodeURIComponent(elsewhere)}`, { maxRedirects: 0 });
		assert.equal(answer.headers().location, "/", elsewhere);
	}
	await page.context().close();
});

test("headers keep strangers out", async () => {
	const page = await inside();
	const answer = await page.request.get("/hom-nay");
	const h = answer.headers();
	assert.match(h["content-security-policy"], /default-src 'none'/);
	assert.equal(h["x-content-type-options"], "nosniff");
	assert.equal(h["referrer-policy"], "no-referrer");
	assert.equal(h["cache-control"], "no-store");
	const asset = await page.request.get(await page.request.get("/hom-nay").then(async (a) => (await a.text()).match(/\/tinh\/style[^"]+/)[0]));
	assert.match(asset.headers()["cache-control"], /immutable/);
	await page.context().close();
});

test("the service comes back with what it knew", async () => {
	const ended = new Promise((done) => server.process.once("exit", done));
	server.process.kill("SIGTERM");
	assert.equal(await ended, 0, server.said);
	await server.run();
	assert.equal(server.code, undefined, "no new code once there is a user");
	const page = await newPage(server);
	await logIn(page, server);
	assert.equal(new URL(page.url()).pathname, "/hom-nay");
	assert.match(await page.locator(".me").innerText(), new RegExp(ADMIN.name));
	await page.context().close();
});
