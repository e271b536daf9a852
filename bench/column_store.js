// column_store.js LOG DATABASE WHERE...: DuckDB, a column store, on the lines of LOG: size with its
// zstd strings, and what counting the lines of each WHERE takes. One line of JSON. NODE_PATH names
// the folder that holds @duckdb/node-api.
const { DuckDBInstance } = require("@duckdb/node-api");
const fs = require("fs");

function cpuSeconds() {
	const used = process.cpuUsage();
	return (used.user + used.system) / 1e6;
}

async function main([log, database, ...wheres]) {
	const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
	const c = await instance.connect();
	const began = cpuSeconds();
	fs.rmSync(database, { force: true });
	await c.run(`ATTACH '${database}' AS kept (STORAGE_VERSION 'latest')`);
	await c.run("USE kept");
	await c.run("SET force_compression='zstd'");
	await c.run(
		`CREATE TABLE log AS SELECT * FROM read_csv('${log}', columns={'line': 'VARCHAR'}, header=false, ` +
			"delim='\x01', quote='', escape='', auto_detect=false, max_line_size=10000000)"
	);
	await c.run("CHECKPOINT");
	const out = { stored: fs.statSync(database).size, cpu_s: cpuSeconds() - began, counts: [] };
	for (const where of wheres) {
		const cpu = cpuSeconds(), wall = performance.now();
		const answer = await c.runAndReadAll("SELECT count(*) FROM log WHERE " + where);
		out.counts.push({
			found: Number(answer.getRows()[0][0]),
			wall_ms: performance.now() - wall,
			cpu_ms: (cpuSeconds() - cpu) * 1000,
		});
	}
	console.log(JSON.stringify(out));
}

main(process.argv.slice(2));
