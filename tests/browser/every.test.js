// every.test.js - of every.js the pages that people see most, on the sample, in the ordinary run.
process.env.KHIEN_KINDS ??= "mau";
process.env.KHIEN_PAGES ??= [
	"/hom-nay", "/viec", "/viec/nam", "/ket-qua/{}", "/so/{}", "/ban-ghi/{}", "/ho-so/{}", "/quy-che/{}/{}",
	"/may/{}", "/nhat-ky", "/nhat-ky/dong/{}", "/don-vi", "/quan-tri",
].join(" ");
await import("./every.js");
