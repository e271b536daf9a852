// org.test.js - units and people in a real browser: a unit from its decision to its end, a person from
// the list to the decision that waits for its hour; desk and phone, both languages, on paper.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { newPage, screenPath, onServer } from "./khien.js";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
let server, state;

async function axe(page, name) {
	const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
	assert.deepEqual(violations.map((v) => `${name}: ${v.id}: ${v.nodes[0].html}`), []);
}

async function decide(page, number, day) {
	const form = page.locator("form:has(#so-qd)");
	await form.locator("#so-qd").fill(number);
	await form.locator("#ngay-ky").fill(day);
	await form.locator("#hieu-luc").fill(day);
	await form.locator("button[type=submit]").click();
}

async function addUnit(page, name, code, parent) {
	await page.goto(`/don-vi/${parent}/them`);
	await page.fill("#ten", name);
	await page.fill("#ma", code);
	await decide(page, "12/QĐ-UBND", "01/02/2020");
	assert.match(page.url(), /bao=da-luu/);
}

onServer(async (made, page) => {
	server = made;
	state = await page.context().storageState();
	await addUnit(page, "Ủy ban nhân dân xã Bình Thuận", "binh-thuan", 1);
	await addUnit(page, "Ủy ban nhân dân xã Đập Đá", "dap-da", 1);
	await addUnit(page, "Trường Tiểu học Số 1 Đập Đá", "th-dap-da", 3);
	await page.context().close();
});

test("the roles of a unit are ticked by the names that the law gives them, and stay ticked", async () => {
	const page = await newPage(server, { storageState: state });
	const box = (name) => page.getByRole("checkbox", { name });
	const owner = box("Chủ quản hệ thống thông tin"), operator = box("Đơn vị vận hành hệ thống thông tin");
	await page.goto("/don-vi/2/loai");
	await owner.check();
	await operator.check();
	await axe(page, "loai");
	await page.locator("form.card button[type=submit]").click();
	assert.match(await page.locator("main").innerText(), /Chủ quản hệ thống thông tin\s+Đơn vị vận hành/);
	await page.goto("/don-vi/2/loai");
	assert.deepEqual([await owner.isChecked(), await operator.isChecked()], [true, true]);
	assert.equal(await page.locator(".roles :checked").count(), 2);
	await owner.uncheck();
	await page.locator("form.card button[type=submit]").click();
	assert.doesNotMatch(await page.locator("main").innerText(), /Chủ quản/);
	await page.context().close();
});

test("a unit is found without marks, renamed by a decision, and keeps its old name for old days", async () => {
	const page = await newPage(server, { storageState: state });
	await page.goto("/don-vi");
	await page.fill("#q", "dap da");
	await page.keyboard.press("Enter");
	await page.waitForURL(/q=dap/);
	assert.equal(await page.locator(".units tbody tr").count(), 2);
	await page.goto("/don-vi/3/doi-ten");
	await page.fill("#ten", "Ủy ban nhân dân phường Đập Đá");
	await decide(page, "", "01/07/2025");
	assert.match(await page.locator(".faults").innerText(), /số của quyết định/);
	assert.equal(await page.inputValue("#ten"), "Ủy ban nhân dân phường Đập Đá");
	await axe(page, "doi-ten with faults");
	await decide(page, "99/NQ-HĐND", "01/07/2025");
	assert.equal(await page.locator("h1").innerText(), "Ủy ban nhân dân phường Đập Đá");
	assert.match(await page.locator("main").innerText(), /01\/02\/2020: Ủy ban nhân dân xã Đập Đá/);
	await page.getByRole("button", { name: "Hoàn tác" }).first().click();
	assert.equal(await page.locator("h1").innerText(), "Ủy ban nhân dân xã Đập Đá");
	await page.context().close();
});

test("a person is put on the list, gets a role, and leaves at the hour of the decision", async () => {
	const page = await newPage(server, { storageState: state });
	await page.goto("/nhan-su?don-vi=3");
	await page.locator("details summary").click();
	await page.fill("#ten", "Đỗ Thị Ánh Nguyệt");
	await page.fill("#chuc-vu", "Công chức văn phòng");
	await page.locator("details form button").click();
	const person = new URL(page.url()).pathname;
	await page.locator("summary", { hasText: "Giao một vai trò" }).click();
	await page.selectOption("#vai-tro", "IT");
	await page.fill("#vt-so", "5/QĐ-UBND");
	await page.fill("#vt-ky", "02/02/2026");
	await page.fill("#vt-tu", "02/02/2026");
	await page.getByRole("button", { name: "Giao", exact: true }).click();
	assert.match(await page.locator("main").innerText(), /Cán bộ chuyên trách công nghệ thông tin/);
	const soon = new Date((server.now() + 3 * 86400 + 7 * 3600) * 1000);
	const day = `${soon.getUTCDate()}/${soon.getUTCMonth() + 1}/${soon.getUTCFullYear()}`;
	await page.selectOption("#tinh-trang", "left");
	await page.fill("#gio", "17:00");
	await decide(page, "31/QĐ-UBND", day);
	assert.match(await page.locator("main").innerText(), /chờ đến giờ hiệu lực/);
	assert.match(await page.locator(".facts").innerText(), /đang làm việc/);
	await page.goto("/nhan-su?q=anh+nguyet");
	assert.equal(await page.locator("tbody tr").count(), 1);
	assert.ok(person.startsWith("/nhan-su/"));
	await page.context().close();
});

test("the pages fit, speak both languages, have no findings, and print", async () => {
	const page = await newPage(server, { storageState: state });
	const pages = { "don-vi": "/don-vi", "don-vi-mot": "/don-vi/3", "don-vi-them": "/don-vi/1/them",
		"don-vi-tach": "/don-vi/3/tach", "don-vi-sap-nhap": "/don-vi/2/sap-nhap", "nhan-su": "/nhan-su",
		"nhan-su-mot": "/nhan-su/1", "nhan-su-trong": "/nhan-su?don-vi=4" };
	for (const lang of ["vi", "en"]) {
		await page.goto(`/ngon-ngu/${lang}?ve=/hom-nay`);
		for (const [name, path] of Object.entries(pages)) {
			for (const width of [1280, 360]) {
				await page.setViewportSize({ width, height: 900 });
				await page.goto(path);
				assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth),
					false, `${name} scrolls sideways at ${width}`);
				await page.screenshot({ path: screenPath(`${name}-${lang}-${width}`), fullPage: true });
			}
			await axe(page, `${name} ${lang}`);
		}
	}
	await page.emulateMedia({ media: "print" });
	await page.setViewportSize({ width: 800, height: 1100 });
	for (const name of ["don-vi", "don-vi-mot", "nhan-su", "nhan-su-mot"]) {
		await page.goto(pages[name]);
		assert.equal(await page.locator("form:visible").count(), 0);
		await page.screenshot({ path: screenPath(`${name}-in`), fullPage: true });
	}
	await page.context().close();
});
