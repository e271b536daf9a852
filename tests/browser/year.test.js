// year.test.js - the Wi-Fi password over a year, the clock moved: due, late, done with its proof, due again; what
// rests on a day off that no notice confirms says so. At desk and at 360 px.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BIN, SCREENS, SOURCE, logIn, onServer } from "./khien.js";

const DUTY = "Đổi mật khẩu mạng không dây";
let server, page;

const local = () => new Date((server.now() + 7 * 3600) * 1000);
const people = (d) => d.toISOString().slice(0, 10).split("-").reverse().join("/");

// The same day COUNT months later, or the last of a shorter month.
function months(d, count) {
	const first = new Date(Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + count, 1));
	const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
	return new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), Math.min(d.getUTCDate(), last)));
}

async function fits(name) {
	for (const width of [1280, 360]) {
		await page.setViewportSize({ width, height: 800 });
		const wide = await page.evaluate(() => document.documentElement.scrollWidth);
		assert.ok(wide <= width, `${name} is ${wide} px wide at ${width}`);
		await page.screenshot({ path: join(SCREENS, `year-${name}-${width}.png`), fullPage: true });
	}
}

onServer((made, first) => {
	server = made;
	page = first;
});

// EVIDENCE: D10.2.b
test("the Wi-Fi password over a year: due, late, done with proof, due again", async () => {
	const path = join(server.own, "wifi.csv");
	writeFileSync(path, `Tên mạng (SSID),Dành cho,Trạng thái,Ngày đổi mật khẩu gần nhất\nUBND-NB,"Cán bộ, nối mạng nội bộ",Đang phát,${
		people(local())}\n`);
	execFileSync(BIN, ["register", "import", "wifi", path, "--data", join(server.own, "data"), "--packs",
		join(SOURCE, "packs"), "--unit", "1"], { env: { ...process.env, KHIEN_TEST_CLOCK: server.clock } });
	await page.goto("/so/wifi");
	await page.getByRole("link", { name: "UBND-NB", exact: true }).click();
	const record = page.url();
	await page.getByRole("link", { name: new RegExp(`^${DUTY}`) }).first().click();
	const duty = page.url();
	const facts = () => page.locator("dl.facts").first().innerText();
	const period = Number((await facts()).match(/(\d+) tháng một lần/)[1]);
	assert.match(await facts(), /chưa đến hạn/);

	server.pass({ days: 31 * period + 20 });
	await logIn(page, server);
	await page.goto("/viec?xem=tat-ca");
	const late = page.locator("section", { has: page.locator("h2.state", { hasText: "quá hạn" }) });
	assert.match(await late.locator("li.item", { hasText: "UBND-NB" }).innerText(), /trễ \d+ ngày/);
	await page.goto(duty);
	assert.match(await facts(), /quá hạn/);
	await fits("late");
	await page.setViewportSize({ width: 360, height: 740 });
	const form = page.locator("form[action$='/xong']");
	const done = local();
	await form.locator("[name=ngay]").fill(done.toISOString().slice(0, 10));
	await form.locator("[name=ket-qua]").fill("Đã đổi, báo miệng cho từng phòng");
	await form.locator("[name=tep]").setInputFiles({ name: "bien-ban.txt", mimeType: "text/plain",
		buffer: Buffer.from("biên bản đổi mật khẩu") });
	await form.locator("button[type=submit]").last().click();
	await page.goto(record);
	assert.ok((await page.locator("main").innerText()).includes(people(done)), "the register has the new day");

	await page.goto(duty);
	const next = await facts();
	assert.match(next, /chưa đến hạn/);
	const due = months(done, period);
	const shown = next.match(/Hạn\s+(\d\d)\/(\d\d)\/(\d{4})/);
	const ahead = (Date.UTC(shown[3], shown[2] - 1, shown[1]) - due) / 86400e3;
	assert.ok(ahead >= 0 && ahead <= 12, `a period later, days off left out: ${people(due)}, shown ${shown[0]}`);
	await fits("done");

	server.pass({ days: 31 * period + 3 });
	await logIn(page, server);
	await page.goto(duty);
	assert.match(await facts(), /quá hạn|đến hạn hôm nay/, "and again within the year");
	await page.goto(`/viec/nam?nam=${local().getUTCFullYear()}`);
	assert.match(await page.locator("main").innerText(), new RegExp(DUTY));
	await fits("map");
	assert.deepEqual(page.faults, []);
});

test("days off name their notices, and what none confirms is expected", async () => {
	await page.goto("/viec/lich-nghi?nam=2026");
	const text = await page.locator("main").innerText();
	for (const words of ["9441/TB-BNV, 16/10/2025", "12729/VPCP-KGVX, 25/12/2025", "Thứ Bảy, 22/08/2026"]) {
		assert.ok(text.includes(words), words);
	}
	assert.match(await page.locator("tr", { hasText: "24/11/2026" }).innerText(), /dự kiến/);
	await fits("days-off");
});
