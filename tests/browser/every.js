// every.js - every page that links lead to, on the sample district and on an empty service, in Vietnamese and
// in English, at desk and phone width and on paper: it answers, fits, can be touched, says nothing to
// the console, has no finding of axe, leaves no word untranslated, and what stands on the screen stands on the
// paper too, readable in black and white. ./dev test pages runs it whole and keeps a picture of each page in build-test/screens;
// every.test.js, in the ordinary run, the routes of CHOSEN on the sample. A line tells of each page when it is
// done; a whole run that was broken off goes on where it was, as long as program and test are the same.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { ADMIN, BIN, SOURCE, Server, closeBrowser, fill, newPage, screenPath, setUp, totp } from "./khien.js";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const VIETNAMESE = /[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]/i;
const PASSWORD = "Chuong-Dong-Ruong-2026";
const KINDS = (process.env.KHIEN_KINDS ?? "mau trong").split(" ");
const CHOSEN = (process.env.KHIEN_PAGES ?? "").split(" ").filter(Boolean);
const DESK = { width: 1280, height: 900 }, PHONE = { width: 360, height: 780 };
const PAPER = { width: 624, height: 970 }, PAPER_WIDE = { width: 1490, height: 1030 }; // A4, A3 across, less the margins
const PAPER_ACROSS = { width: 1046, height: 718 }; // A4 across
// What is for the hand and not for the paper.
const OFF_PAPER = "form, button, .button, nav, .back, .act, .acts, .bar, .export, .pages, .search, .filters, .tree, .notice, details:not([open], .whole), .whole > summary";
// Words that people wrote, or the law's own: they stay Vietnamese on English pages.
const OWN_WORDS = "[lang=vi], .unit, .me, code, pre, script, .own";
// Points of the law that are called đ.
const POINT = /\bpoint đ(?!\p{L})|\bD\d+(\.[\da-zđ]+)*/gu;
const PICTURE_MAX = 8000; // px of a page that stand on its picture
const ROWS_MAX = 60;      // of a table that axe and the paper look at: the others are like them

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

// One address of each route.
async function addresses(server, page) {
	const cookies = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join("; ");
	const found = JSON.parse(run("python3", join(SOURCE, "tests/flow/every_page.py"), String(server.port), cookies));
	return Object.entries(found)
		.filter(([route, path]) => path && !route.startsWith("/tinh/") && (!CHOSEN.length || CHOSEN.includes(route)))
		.map(([, path]) => path);
}

const overflows = (page) => page.evaluate(() => {
	if (document.documentElement.scrollWidth <= innerWidth) { return ""; }
	const wide = [...document.querySelectorAll("main *")].filter((n) => n.getBoundingClientRect().right > innerWidth + 1);
	return `${document.documentElement.scrollWidth} px wide: ${wide.at(-1)?.outerHTML.slice(0, 120) ?? "the frame"}`;
});

async function axe(page, rules) {
	const builder = new AxeBuilder({ page });
	const { violations } = await (rules ? builder.withRules(rules) : builder.withTags(RULES)).analyze();
	return violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`);
}

// What is wrong with the page on paper: too wide, or something of the screen is not there.
async function faultsOnPaper(page) {
	const faults = [];
	await page.setViewportSize(DESK);
	const paper = await page.evaluate((off) => {
		const shown = [], walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
		const range = document.createRange(), whole = document.querySelectorAll("details.whole:not([open])");
		whole.forEach((d) => { d.open = true; }); // folded on the screen, on paper not
		for (let node = walk.nextNode(); node; node = walk.nextNode()) {
			range.selectNodeContents(node);
			if (node.data.trim() && range.getClientRects().length && !node.parentElement.closest(off)) { shown.push(node); }
		}
		whole.forEach((d) => { d.open = false; });
		window.shownOnScreen = shown;
		return document.querySelector("main .broad") ? "wide" : document.querySelector("main .year") ? "across" : "tall";
	}, OFF_PAPER);
	await page.emulateMedia({ media: "print" });
	await page.setViewportSize({ wide: PAPER_WIDE, across: PAPER_ACROSS, tall: PAPER }[paper]);
	const wide = await overflows(page);
	if (wide) { faults.push(`too wide for paper, ${wide}`); }
	const lost = await page.evaluate(() => {
		const range = document.createRange();
		return window.shownOnScreen.filter((node) => {
			range.selectNodeContents(node);
			return range.getClientRects().length === 0;
		}).map((node) => `${node.parentElement.closest("section")?.className ?? ""} "${node.data.trim().slice(0, 60)}"`);
	});
	if (lost.length) { faults.push(`${lost.length} texts are not on paper, first ${lost[0]}`); }
	faults.push(...(await axe(page, ["color-contrast"])).map((f) => `on paper ${f}`));
	await page.emulateMedia({ media: "screen" });
	return faults;
}

// English keeps the names of places, feasts and papers, "Tết", "12/QĐ-UBND": capitals among English words.
function isVietnamese(text) {
	const words = text.replace(POINT, "").split(/[^\p{L}]+/u).filter(Boolean);
	const marked = words.filter((word) => VIETNAMESE.test(word));
	return marked.some((word) => word[0] === word[0].toLowerCase()) || (marked.length > 0 && marked.length === words.length);
}

async function untranslated(page) {
	const words = await page.evaluate((own) => {
		const texts = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let node = walk.nextNode(); node; node = walk.nextNode()) {
			if (!node.parentElement.closest(own)) { texts.push(node.data.trim()); }
		}
		return texts;
	}, OWN_WORDS);
	return words.filter((text) => isVietnamese(text) && !text.includes(ADMIN.name) &&
		!/Khiên|Tây Sơn|Điều|Quy chế/.test(text)).map((text) => `not translated: ${text.slice(0, 80)}`);
}

async function keep(page, name) {
	if (CHOSEN.length) { return; }
	const { width } = page.viewportSize();
	const height = await page.evaluate(() => document.documentElement.scrollHeight);
	await page.screenshot({ path: screenPath(name), fullPage: true, timeout: 120_000,
		clip: { x: 0, y: 0, width, height: Math.min(height, PICTURE_MAX) } });
}

const shorten = (page) => page.evaluate((most) => {
	for (const body of document.querySelectorAll("main tbody")) {
		[...body.rows].slice(most).forEach((row) => row.remove());
	}
}, ROWS_MAX);

// What was found to be well by this program and this test, if the run before was broken off.
class Done {
	constructor(kind) {
		this.path = CHOSEN.length ? null : screenPath(kind).replace(/png$/, "done");
		const stamp = [BIN, fileURLToPath(import.meta.url)].map((path) => statSync(path).mtimeMs).join(" ");
		const lines = this.path && existsSync(this.path) ? readFileSync(this.path, "utf8").split("\n") : [];
		this.names = new Set(lines[0] === stamp ? lines.slice(1) : []);
		if (this.path && lines[0] !== stamp) { writeFileSync(this.path, `${stamp}\n`); }
	}

	has(name) { return this.names.has(name); }

	add(name) { if (this.path) { appendFileSync(this.path, `${name}\n`); } }

	end() { if (this.path) { rmSync(this.path); } }
}

// Controls of which a finger would miss the height, and links of lists that do not reach into the space around them.
const untouchable = (page) => page.evaluate(() => {
	const controls = "button, .button, summary, select, body > nav a, .tabs a, .export a, .pages a, .stack th > a, label:has(> input)";
	return [...document.querySelectorAll(controls)].filter((n) => {
		const { width, height } = n.getBoundingClientRect();
		return width > 1 && height > 1 && height < 39.5 && !n.closest(".rank, .choose");
	}).slice(0, 1).map((n) => `${Math.round(n.getBoundingClientRect().height)} px high to touch: ${n.outerHTML.slice(0, 120)}`);
});

// The page as it stands, at each width and on paper.
async function faultsOf(page, name, isEnglish) {
	const faults = [];
	for (const size of [DESK, PHONE]) {
		await page.setViewportSize(size);
		const wide = await overflows(page);
		if (wide) { faults.push(`${size.width}: ${wide}`); }
		if (size === PHONE) { faults.push(...await untouchable(page)); }
		await keep(page, `${name}-${size.width}`);
	}
	if (isEnglish) { return faults; }
	await shorten(page);
	faults.push(...await axe(page), ...await faultsOnPaper(page));
	return faults;
}

async function visit(page, path, name, language, hasOwnWords) {
	const faults = [], isEnglish = language === "en";
	try {
		const answer = await page.goto(path);
		if (answer.status() !== 200) { faults.push(`answers ${answer.status()}`); }
		if (await page.evaluate(() => document.documentElement.lang) !== language) { faults.push("speaks another language"); }
		faults.push(...await faultsOf(page, name, isEnglish));
		if (isEnglish && !hasOwnWords) { faults.push(...await untranslated(page)); }
	} catch (error) {
		faults.push(String(error).split("\n")[0]);
	}
	return faults.map((fault) => `${language} ${path}: ${fault}`);
}

after(closeBrowser);

for (const [kind, make] of [["mau", sample], ["trong", empty]].filter(([name]) => KINDS.includes(name))) {
	test(`every page: ${kind}`, async () => {
		const [server, page] = await make(), faults = [], done = new Done(kind);
		try {
			const paths = await addresses(server, page);
			assert.ok(paths.length >= (CHOSEN.length ? CHOSEN.length / 2 : 50), `${paths.length} pages`);
			for (const language of ["vi", "en"]) {
				await page.goto(`/ngon-ngu/${language}?ve=/hom-nay`);
				for (const path of paths.filter((p) => !p.startsWith("/ngon-ngu/"))) {
					const name = `${kind}-${language}-${path.replace(/[^a-z0-9-]+/gi, "_")}`, began = Date.now();
					if (done.has(name)) { continue; }
					const found = await visit(page, path, name, language, kind === "mau");
					if (found.length === 0) { done.add(name); }
					faults.push(...found);
					console.log(`# ${name}: ${found.length ? found.join("; ") : "well"}, ${((Date.now() - began) / 1000).toFixed(1)} s`);
				}
			}
			faults.push(...page.faults);
			const ended = server.said.match(/.*ended \(.*/g) ?? [];
			faults.push(...ended, ...(ended.length ? [server.said.slice(-4000)] : []));
		} finally {
			await page.context().close();
			await server.stop();
		}
		assert.deepEqual(faults, []);
		done.end();
	});
}
