// every.js - not in the ordinary run, as it takes minutes: node --test tests/browser/every.js
// Every page that links lead to, on the sample district and on an empty service, at desk and phone
// width: it answers, fits, says nothing to the console, has no finding of axe, and in English no word is left
// untranslated. A picture of each is kept in build-test/screens, to be looked at.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { after, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { ADMIN, BIN, SOURCE, Server, closeBrowser, fill, newPage, screenPath, setUp, totp } from "./khien.js";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const VIETNAMESE = /[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]/i;
const PASSWORD = "Chuong-Dong-Ruong-2026";

function run(program, ...args) {
	const done = spawnSync(program, args, { cwd: SOURCE, encoding: "utf8", maxBuffer: 1 << 26,
		env: { ...process.env, KHIEN_LANG: "vi" } });
	assert.equal(done.status, 0, `${args.join(" ")}\n${done.stdout}${done.stderr}`);
	return done.stdout;
}

// The sample, and its administrator's one-time password.
async function sample() {
	let onetime;
	const server = await Server.start({}, (data) => {
		onetime = run(BIN, "demo", "--data", data).match(/^\s+quan\.tri\s+(\S+)$/m)[1];
		run(BIN, "verdicts", "sweep", "--data", data);
	});
	const page = await newPage(server);
	await page.goto("/dang-nhap");
	await fill(page, { "ten-dang-nhap": "quan.tri", "mat-khau": onetime });
	await page.locator("main form button").click();
	await fill(page, { "mat-khau": onetime, "mat-khau-moi": PASSWORD, "nhac-lai": PASSWORD });
	await page.locator("main form button").click();
	const key = await page.locator("code.key").innerText();
	await page.fill("#ma", totp(key, server.now()));
	await page.locator("main form button").click();
	return [server, page];
}

async function empty() {
	const server = await Server.start();
	const page = await newPage(server);
	await setUp(page, server);
	return [server, page];
}

async function addresses(server, page) {
	const cookies = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join("; ");
	const found = JSON.parse(run("python3", join(SOURCE, "tests/flow/every_page.py"), String(server.port), cookies));
	return Object.entries(found).filter(([route, path]) => path && !route.startsWith("/tinh/"));
}

// What is wrong with the page as it stands, in words.
async function faultsOf(page, name, isEnglish) {
	const faults = [];
	if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) {
		faults.push(`${name} scrolls sideways`);
	}
	const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
	faults.push(...violations.map((v) => `${name}: ${v.id}: ${v.nodes[0].html.slice(0, 160)}`));
	if (isEnglish) {
		const words = await page.evaluate(() => {
			const texts = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
			for (let node = walk.nextNode(); node; node = walk.nextNode()) {
				if (!node.parentElement.closest("[lang=vi], .unit, .me, code, pre, script")) { texts.push(node.data.trim()); }
			}
			return texts;
		});
		faults.push(...words.filter((text) => VIETNAMESE.test(text) && !text.includes(ADMIN.name) &&
			!/Khiên|Tây Sơn|Điều|Quy chế/.test(text)).map((text) => `${name}: not translated: ${text.slice(0, 80)}`));
	}
	return faults;
}

after(closeBrowser);

for (const [kind, make] of [["mau", sample], ["trong", empty]]) {
	test(`every page: ${kind}`, async () => {
		const [server, page] = await make(), faults = [];
		const pages = await addresses(server, page);
		assert.ok(pages.length > 50, `${pages.length} pages`);
		for (const width of [1280, 360]) {
			await page.setViewportSize({ width, height: 900 });
			for (const [, path] of pages) {
				const answer = await page.goto(path);
				const name = `${kind}-${path.replace(/[^a-z0-9-]+/gi, "_")}-${width}`;
				if (answer.status() !== 200) { faults.push(`${name}: ${answer.status()}`); }
				await page.screenshot({ path: screenPath(name), fullPage: true, timeout: 120_000 });
				if (width === 360) { faults.push(...await faultsOf(page, name, false)); }
			}
		}
		if (kind === "trong") {
			await page.goto("/ngon-ngu/en?ve=/hom-nay");
			await page.setViewportSize({ width: 1280, height: 900 });
			for (const [, path] of pages) {
				await page.goto(path);
				faults.push(...await faultsOf(page, `en ${path}`, true));
				await page.screenshot({ path: screenPath(`${kind}-en-${path.replace(/[^a-z0-9-]+/gi, "_")}`), fullPage: true, timeout: 120_000 });
			}
		}
		faults.push(...page.faults);
		await page.context().close();
		await server.stop();
		assert.deepEqual(faults, []);
	});
}
