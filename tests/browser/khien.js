// khien.js - what the browser tests share: a server on a folder of its own with a clock that the test
// moves, a real browser, log-ins, and the codes of the second step.
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { closeSync, constants, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync,
	writeSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const HERE = dirname(fileURLToPath(import.meta.url));
export const SOURCE = process.env.KHIEN_SOURCE || resolve(HERE, "../..");
export const BIN = process.env.KHIEN_BIN || join(SOURCE, "build-test/khien");
export const SCREENS = join(dirname(BIN), "screens");
const CHROMIUM = process.env.KHIEN_CHROMIUM ||
	["/usr/bin/chromium", "/usr/bin/chromium-headless-shell"].find((path) => existsSync(path));

export const ADMIN = { login: "an.le", name: "Lê Văn An", password: "Mat khau 1 dai" };

function freePort() {
	return new Promise((done) => {
		const probe = createServer().listen(0, "127.0.0.1", () => {
			const { port } = probe.address();
			probe.close(() => done(port));
		});
	});
}

export class Server {
	// FROM now: how far its clock is ahead from the beginning. PREPARE is given the data folder before it runs.
	static async start(from = {}, prepare = null) {
		const s = new Server();
		s.own = mkdtempSync(join(tmpdir(), "khien-browser-"));
		s.clock = join(s.own, "clock");
		s.shift = 0;
		s.pass(from);
		s.port = await freePort();
		s.url = `http://127.0.0.1:${s.port}`;
		prepare?.(join(s.own, "data"));
		await s.run();
		return s;
	}

	async run() {
		this.said = "";
		this.process = spawn(BIN, ["serve", "--data", join(this.own, "data"), "--packs", join(SOURCE, "packs"),
			"--listen", `127.0.0.1:${this.port}`],
		{ env: { ...process.env, KHIEN_TEST_CLOCK: this.clock, KHIEN_LANG: "vi" } });
		this.process.stdout.on("data", (bytes) => { this.said += bytes; });
		this.process.stderr.on("data", (bytes) => { this.said += bytes; });
		await this.answers();
		this.code = this.said.match(/[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}/)?.[0];
	}

	async answers() {
		for (let i = 0; i < 600; i++) {
			try {
				await fetch(this.url + "/", { redirect: "manual" });
				return;
			} catch {
				await new Promise((done) => setTimeout(done, 100));
			}
		}
		throw new Error(`khien serve does not answer:\n${this.said}`);
	}

	// Let time pass for the server.
	pass({ seconds = 0, minutes = 0, days = 0 }) {
		this.shift += seconds + 60 * minutes + 86400 * days;
		// in one piece: a file that is emptied first would show the real day to who looks in between
		const fd = openSync(this.clock, constants.O_WRONLY | constants.O_CREAT, 0o644);
		writeSync(fd, `${String(this.shift).padEnd(20)}\n`, 0);
		closeSync(fd);
	}

	now() { return Math.floor(Date.now() / 1000) + this.shift; }

	async stop() {
		const ended = new Promise((done) => this.process.once("exit", done));
		this.process.kill("SIGTERM");
		await ended;
		rmSync(this.own, { recursive: true, force: true });
	}
}

let shared = null;

// One browser for all tests of a file; each page has a context of its own.
export async function browser() {
	shared ||= await chromium.launch({ executablePath: CHROMIUM,
		args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
			"--disable-background-networking", "--disable-component-update", "--disable-sync"] });
	return shared;
}

export async function closeBrowser() {
	await shared?.close();
	shared = null;
}

export async function newPage(server, options = {}) {
	const context = await (await browser()).newContext({ baseURL: server.url, ...options });
	const page = await context.newPage();
	page.faults = [];
	page.on("console", (message) => { if (message.type() === "error") { page.faults.push(message.text()); } });
	page.on("pageerror", (error) => page.faults.push(String(error)));
	return page;
}

// RFC 6238, from the key as base32 text.
export function totp(key, atS) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	let bits = "";
	for (const c of key.trim()) { bits += alphabet.indexOf(c).toString(2).padStart(5, "0"); }
	const bytes = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
	const step = Buffer.alloc(8);
	step.writeBigUInt64BE(BigInt(Math.floor(atS / 30)));
	const mac = createHmac("sha1", bytes).update(step).digest();
	const at = mac[19] & 15;
	return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, "0");
}

export async function fill(page, fields) {
	for (const [name, value] of Object.entries(fields)) { await page.fill(`#${name}`, value); }
}

export async function press(page, name) {
	await page.getByRole("button", { name, exact: true }).click();
}

// From nothing to an administrator who is logged in; keeps the key of the second step in SERVER.
export async function setUp(page, server) {
	await page.goto(`/thiet-lap?ma=${server.code}`);
	await fill(page, { "don-vi": "UBND xã Tây Sơn", "ho-ten": ADMIN.name, "ten-dang-nhap": ADMIN.login,
		"mat-khau-moi": ADMIN.password, "nhac-lai": ADMIN.password });
	await page.locator("main button").click();
	server.key = await page.locator("code.key").innerText();
	await page.fill("#ma", totp(server.key, server.now()));
	await page.locator("main form button").click();
	server.recovery = await page.locator(".codes code").allInnerTexts();
	await page.getByRole("link", { name: "Tôi đã ghi lại, đi tiếp" }).click();
}

// A server for all tests of a file and the page of its administrator, logged in; READY goes on.
export function onServer(ready) {
	let server;
	before(async () => {
		server = await Server.start();
		const page = await newPage(server);
		await setUp(page, server);
		await ready(server, page);
	});
	after(async () => {
		await closeBrowser();
		await server?.stop();
	});
}

export async function logIn(page, server, who = ADMIN) {
	await page.goto("/dang-nhap");
	await fill(page, { "ten-dang-nhap": who.login, "mat-khau": who.password });
	await page.locator("main form button").click();
	if (page.url().endsWith("/ma-hai-buoc")) {
		server.pass({ seconds: 60 }); // a code works once
		await page.fill("#ma", totp(server.key, server.now()));
		await page.locator("main form button").click();
	}
}

// Lines of a log, as a program of this machine sends them.
export function sendLines(server, lines) {
	return new Promise((done, fail) => {
		const socket = createConnection(join(server.own, "data/log/intake.sock"));
		socket.on("error", fail);
		socket.end(lines.map((line) => line + "\n").join(""), () => done());
	});
}

// Ask the service itself to seal what is there (docs/formats/intake.md).
export function sealLog(server) {
	return new Promise((done, fail) => {
		const socket = createConnection(join(server.own, "data/log/intake.sock"));
		let said = "";
		socket.on("error", fail);
		socket.on("data", (bytes) => {
			said += bytes;
			if (/^2 rsp/m.test(said)) { socket.destroy(); (/^2 rsp \d+ 200/m.test(said) ? done : fail)(said); }
		});
		socket.write("1 open 0\n2 seal 0\n");
	});
}

export function screenPath(name) {
	mkdirSync(SCREENS, { recursive: true });
	return join(SCREENS, `${name}.png`);
}

export function readSource(path) {
	return readFileSync(join(SOURCE, path), "utf8");
}
