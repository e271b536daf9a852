// Comfort only: every page works without it. A warning two minutes before an idle session ends, a
// filter while typing, and nothing else.
(function () {
	"use strict";
	var body = document.body, idle = Number(body.dataset.idleS), since = Date.now(), box = null;
	var WARN_S = 120, touched = false;

	function touch() { touched = true; }

	function close() {
		if (box) { box.remove(); box = null; }
	}

	// Doing something on the page counts, so the server must hear of it before its own clock is out.
	function stay() {
		close();
		touched = false;
		since = Date.now();
		fetch("/tai-khoan", { credentials: "same-origin", redirect: "manual" }).then(function (answer) {
			if (answer.type === "opaqueredirect") { location.reload(); }
		}).catch(function () { since = 0; });
	}

	function warn(left) {
		var text, button;
		if (box) { return; }
		box = document.createElement("div");
		box.className = "warn";
		box.setAttribute("role", "alertdialog");
		box.setAttribute("aria-label", body.dataset.warning);
		text = document.createElement("p");
		text.textContent = body.dataset.warning;
		button = document.createElement("button");
		button.type = "button";
		button.textContent = body.dataset.stay;
		button.addEventListener("click", stay);
		box.append(text, button);
		body.append(box);
		button.focus();
	}

	function tick() {
		var left = idle - (Date.now() - since) / 1000;
		if (touched && left < idle / 2) { stay(); return; }
		if (left <= -5) { location.assign("/dang-nhap?bao=het-phien"); }
		else if (left <= Math.min(WARN_S, idle / 2)) { warn(left); }
	}

	if (idle > 0) {
		["keydown", "input", "pointerdown"].forEach(function (name) {
			document.addEventListener(name, function () { if (!box) { touch(); } }, { passive: true });
		});
		setInterval(tick, 5000);
	}

	// Filter the lists of this page while typing in the search box.
	function fold(text) {
		return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
	}

	var q = document.getElementById("q"), rows = document.querySelectorAll(".hits > li, .articles > li:not(.chuong)");
	if (q && rows.length) {
		q.addEventListener("input", function () {
			var words = fold(q.value).split(/\s+/);
			rows.forEach(function (row) {
				var text = fold(row.textContent);
				row.hidden = !words.every(function (word) { return text.includes(word); });
			});
		});
	}

	// The mark that was followed is opened.
	function open() {
		var at = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
		if (at) { at.querySelectorAll("details").forEach(function (d) { d.open = true; }); }
		for (var d = at; d; d = d.parentElement) { if (d.tagName === "DETAILS") { d.open = true; } }
	}
	window.addEventListener("hashchange", open);
	open();

	// Paper has what is folded whole, in browsers too whose style cannot unfold it.
	window.addEventListener("beforeprint", function () {
		document.querySelectorAll("details.whole").forEach(function (d) { d.open = true; });
	});

	// What was chosen is seen: browsers that do not tell whether somebody chose would hide it.
	document.addEventListener("change", function (e) {
		if (e.target.type === "file") { e.target.classList.toggle("chosen", e.target.files.length > 0); }
	});

	// On a small screen the tree of articles starts folded.
	if (window.matchMedia("(max-width: 60rem)").matches) {
		document.querySelectorAll(".tree > details").forEach(function (d) { d.open = false; });
	}
}());
