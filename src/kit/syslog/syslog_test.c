/* syslog_test.c - the examples of the RFCs, and lines as devices send them. */
#include "kit/syslog/syslog.h"

#include <stdlib.h>

#include "test/unit.h"

#define RECEIVED_S 1795651200 /* 2026-11-26T00:00:00Z */

/* A field not named must be absent. TIME is UTC. */
static const struct {
	const char *line, *time, *host, *program, *pid, *id, *channel, *event, *message;
	int facility, severity;
} rows[] = {
	/* RFC 5424, 6.5 */
	{ "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \xef\xbb\xbf'su root' "
	  "failed for lonvick on /dev/pts/8",
		"2003-10-11T22:14:15.003000000", "mymachine.example.com", "su", NULL, "ID47", NULL,
		NULL, "'su root' failed for lonvick on /dev/pts/8", 4, 2 },
	{ "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make "
	  "the do-nuts.",
		"2003-08-24T12:14:15.000003000", "192.0.2.1", "myproc", "8710", NULL, NULL, NULL,
		"%% It's time to make the do-nuts.", 20, 5 },
	{ "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 "
	  "[exampleSDID@32473 iut=\"3\" eventSource=\"Application\" eventID=\"1011\"] "
	  "\xef\xbb\xbf"
	  "An application event log entry...",
		"2003-10-11T22:14:15.003000000", "mymachine.example.com", "evntslog", NULL, "ID47",
		NULL, NULL, "An application event log entry...", 20, 5 },
	{ "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 "
	  "[exampleSDID@32473 iut=\"3\" a=\"\\]\\\"\"][examplePriority@32473 class=\"high\"]",
		"2003-10-11T22:14:15.003000000", "mymachine.example.com", "evntslog", NULL, "ID47",
		NULL, NULL, NULL, 20, 5 },
	{ "<13>1 - - - - - -", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, 5 },
	{ "<13>1 - host app - - no structured data", NULL, "host", "app", NULL, NULL, NULL, NULL,
		"no structured data", 1, 5 },
	/* RFC 3164, 5.4 */
	{ "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
		"2026-10-11T15:14:15.000000000", "mymachine", "su", NULL, NULL, NULL, NULL,
		"'su root' failed for lonvick on /dev/pts/8", 4, 2 },
	{ "Use the BFG!", NULL, NULL, NULL, NULL, NULL, NULL, NULL, "Use the BFG!", -1, -1 },
	{ "<165>Aug 24 05:34:00 CST 1987 mymachine myproc[10]: %% It's time to make the do-nuts.",
		"1987-08-23T22:34:00.000000000", "mymachine", "myproc", "10", NULL, NULL, NULL,
		"%% It's time to make the do-nuts.", 20, 5 },
	{ "<0>1990 Oct 22 10:52:01 TZ-6 scapegoat.dmz.example.org 10.1.2.3 sched[0]: That's All "
	  "Folks!",
		"1990-10-22T03:52:01.000000000", "scapegoat.dmz.example.org", NULL, NULL, NULL,
		NULL, NULL, "10.1.2.3 sched[0]: That's All Folks!", 0, 0 },
	/* as they come */
	{ "<13>Jan  1 00:00:00 may-chu sshd[12345]: Failed password for root",
		"2026-12-31T17:00:00.000000000", "may-chu", "sshd", "12345", NULL, NULL, NULL,
		"Failed password for root", 1, 5 },
	{ "Jan 1 00:00:00 h p: x", "2026-12-31T17:00:00.000000000", "h", "p", NULL, NULL, NULL,
		NULL, "x", -1, -1 },
	{ "<13>Nov 25 12:00:00 logger: no host, as on /dev/log", "2026-11-25T05:00:00.000000000",
		NULL, "logger", NULL, NULL, NULL, NULL, "no host, as on /dev/log", 1, 5 },
	{ "<38>sshd[7]: no time", NULL, NULL, "sshd", "7", NULL, NULL, NULL, "no time", 4, 6 },
	{ "<38>fw01 kernel: no time", NULL, "fw01", "kernel", NULL, NULL, NULL, NULL, "no time", 4,
		6 },
	{ "<38>no header at all", NULL, NULL, NULL, NULL, NULL, NULL, NULL, "no header at all", 4,
		6 },
	{ "2026-11-25T10:00:00.123456+07:00 web01 nginx[88]: GET /",
		"2026-11-25T03:00:00.123456000", "web01", "nginx", "88", NULL, NULL, NULL, "GET /",
		-1, -1 },
	{ "<30>2026-11-25 10:00:00,5 web01 app: x", "2026-11-25T03:00:00.500000000", "web01", "app",
		NULL, NULL, NULL, NULL, "x", 3, 6 },
	{ "<30>Nov 25 2026 10:00:00 gw dhcpd: x", "2026-11-25T03:00:00.000000000", "gw", "dhcpd",
		NULL, NULL, NULL, NULL, "x", 3, 6 },
	{ "<14>Nov 25 10:00:00 2026 gw dhcpd: x", "2026-11-25T03:00:00.000000000", "gw", "dhcpd",
		NULL, NULL, NULL, NULL, "x", 1, 6 },
	{ "<6>Nov 25 10:00:00 fe80::1 kernel: [    0.000000] Linux version 6.1",
		"2026-11-25T03:00:00.000000000", "fe80::1", "kernel", NULL, NULL, NULL, NULL,
		"[    0.000000] Linux version 6.1", 0, 6 },
	{ "<22>Nov 25 10:00:00 mx postfix/smtpd[99]: connect", "2026-11-25T03:00:00.000000000",
		"mx", "postfix/smtpd", "99", NULL, NULL, NULL, "connect", 2, 6 },
	/* files of servers: a time in brackets, and no more of a header */
	{ "10.0.0.9 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1 \"-\"",
		"2015-05-17T10:05:03.000000000", NULL, NULL, NULL, NULL, NULL, NULL,
		"10.0.0.9 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1 \"-\"", -1,
		-1 },
	{ "[Sun Dec 04 04:47:44.5 2005] [notice] x", "2005-12-03T21:47:44.500000000", NULL, NULL,
		NULL, NULL, NULL, NULL, "[Sun Dec 04 04:47:44.5 2005] [notice] x", -1, -1 },
	{ "[2016-12-19 21:59:22,952] INFO y", "2016-12-19T14:59:22.952000000", NULL, NULL, NULL,
		NULL, NULL, NULL, "[2016-12-19 21:59:22,952] INFO y", -1, -1 },
	{ "[17/Mai/2015:10:05:03 +0000] z", NULL, NULL, NULL, NULL, NULL, NULL, NULL,
		"[17/Mai/2015:10:05:03 +0000] z", -1, -1 },
	/* Cisco */
	{ "<189>28: *Mar  1 00:00:28.123: %SYS-5-CONFIG_I: Configured from console by vty0",
		"2027-02-28T17:00:28.123000000", NULL, "SYS", NULL, NULL, NULL, "CONFIG_I",
		"Configured from console by vty0", 23, 5 },
	{ "<187>sw1: 000028: Nov 25 10:00:00.001 UTC: %LINK-3-UPDOWN: Interface Gi1/0/1, changed",
		"2026-11-25T10:00:00.001000000", "sw1", "LINK", NULL, NULL, NULL, "UPDOWN",
		"Interface Gi1/0/1, changed", 23, 3 },
	{ "<166>Nov 25 2026 10:00:00: %ASA-6-302013: Built outbound TCP connection",
		"2026-11-25T03:00:00.000000000", NULL, "ASA", NULL, NULL, NULL, "302013",
		"Built outbound TCP connection", 20, 6 },
	{ "<166>Nov 25 2026 10:00:00 asa1 : %ASA-4-106023: Deny tcp",
		"2026-11-25T03:00:00.000000000", "asa1", "ASA", NULL, NULL, NULL, "106023",
		"Deny tcp", 20, 6 },
	{ "%SYS-5-RESTART: System restarted", NULL, NULL, "SYS", NULL, NULL, NULL, "RESTART",
		"System restarted", -1, 5 },
	/* CEF, LEEF */
	{ "<134>Nov 25 10:00:00 fw CEF:0|Check Point|VPN-1|R81|100|Drop \\| all|8|src=10.0.0.1",
		"2026-11-25T03:00:00.000000000", "fw", "VPN-1", NULL, NULL, NULL, "100",
		"CEF:0|Check Point|VPN-1|R81|100|Drop \\| all|8|src=10.0.0.1", 16, 6 },
	{ "CEF:0|a|b|1|e1|name|Very-High|x=y", NULL, NULL, "b", NULL, NULL, NULL, "e1",
		"CEF:0|a|b|1|e1|name|Very-High|x=y", -1, 2 },
	{ "<13>LEEF:1.0|Lancope|StealthWatch|1.0|41|src=10.0.1.8", NULL, NULL, "StealthWatch", NULL,
		NULL, NULL, "41", "LEEF:1.0|Lancope|StealthWatch|1.0|41|src=10.0.1.8", 1, 5 },
	/* Windows */
	{ "<14>Nov 25 10:00:00 dc1 Microsoft-Windows-Security-Auditing[4]: {\"EventTime\":"
	  "\"2026-11-25 09:59:59\",\"Hostname\":\"dc1.xa.vn\",\"SeverityValue\":4,\"EventID\":4625,"
	  "\"SourceName\":\"Microsoft-Windows-Security-Auditing\",\"ProcessID\":636,"
	  "\"Channel\":\"Security\",\"Message\":\"An account failed to log on.\\r\\n\"}",
		"2026-11-25T03:00:00.000000000", "dc1.xa.vn", "Microsoft-Windows-Security-Auditing",
		"636", NULL, "Security", "4625", "An account failed to log on.\\r\\n", 1, 3 },
	{ "{\"@timestamp\":\"2026-11-25T03:00:00.000Z\",\"host\":{\"name\":\"pc7\"},\"log\":"
	  "{\"level\":\"information\"},\"message\":\"ok\",\"winlog\":{\"event_id\":\"4624\","
	  "\"channel\":\"Security\",\"computer_name\":\"PC7\",\"process\":{\"pid\":4,\"thread\":"
	  "{\"id\":1}},\"keywords\":[\"Audit Success\",{\"event_id\":1}],\"provider_name\":\"P\"}}",
		"2026-11-25T03:00:00.000000000", "PC7", "P", "4", NULL, "Security", "4624", "ok",
		-1, 6 },
	{ "{\"Event\":{\"System\":{\"Provider\":{\"#attributes\":{\"Name\":\"P\"}},\"EventID\":7,"
	  "\"Level\":2,\"Channel\":\"System\",\"Computer\":\"c\",\"TimeCreated\":{\"#attributes\":"
	  "{\"SystemTime\":\"2026-11-25T03:00:00.5Z\"}}}}}",
		"2026-11-25T03:00:00.500000000", "c", "P", NULL, NULL, "System", "7", "ALL", -1,
		3 },
	{ "<13>Nov 25 10:00:00 h app: @cee: {\"msg\":\"m\",\"level\":\"warn\"}",
		"2026-11-25T03:00:00.000000000", "h", "app", NULL, NULL, NULL, NULL, "m", 1, 4 },
	/* Windows in XML: as the system writes it, with its words, as NXLog does, and cut off */
	{ "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider "
	  "Name='Microsoft-Windows-Security-Auditing' Guid='{54849625-5478-4994-A5BA}'/><EventID>4625"
	  "</EventID><Version>0</Version><Level>0</Level><Keywords>0x8010000000000000</Keywords>"
	  "<TimeCreated SystemTime='2026-11-25T03:00:00.1234567Z'/><Execution ProcessID='636' "
	  "ThreadID='1'/><Channel>Security</Channel><Computer>dc1.xa.vn</Computer></System>"
	  "<EventData><Data Name='TargetUserName'>an &amp; b</Data></EventData></Event>",
		"2026-11-25T03:00:00.123456700", "dc1.xa.vn", "Microsoft-Windows-Security-Auditing",
		"636", NULL, "Security", "4625", "ALL", -1, 4 },
	{ "<14>Nov 25 10:00:00 relay <?xml version=\"1.0\"?> <!-- a > b --><Event><System>"
	  "<EventID Qualifiers=\"0\"> 7036 </EventID><Level>2</Level><Computer><![CDATA[pc<7>]]>"
	  "</Computer></System><RenderingInfo Culture='vi-VN'><Message>m\xe1\xbb\x9bi</Message>"
	  "</RenderingInfo></Event>",
		"2026-11-25T03:00:00.000000000", "pc<7>", NULL, NULL, NULL, NULL, "7036",
		"m\xe1\xbb\x9bi", 1, 3 },
	{ "<13>Nov 25 10:00:00 pc8 <Event><EventTime>2026-11-25 09:59:59</EventTime><Hostname>"
	  "pc8.xa</Hostname><SeverityValue>4</SeverityValue><EventID>1102</EventID><SourceName>Eventlog"
	  "</SourceName><Message>The audit log was cleared.</Message></Event>",
		"2026-11-25T03:00:00.000000000", "pc8.xa", "Eventlog", NULL, NULL, NULL, "1102",
		"The audit log was cleared.", 1, 3 },
	{ "<Event><System><EventID>5</EventID><Computer>c</Computer></System><EventData>"
	  "<Data>cut o",
		NULL, "c", NULL, NULL, NULL, NULL, "5", "ALL", -1, -1 },
	{ "<Event><System><EventID>5</EventID><Computer>c</Computer></Sys", NULL, NULL, NULL, NULL,
		NULL, NULL, NULL, "ALL", -1, -1 },
	{ "<Event><System><Computer>c</System></Computer></Event>", NULL, NULL, NULL, NULL, NULL,
		NULL, NULL, "ALL", -1, -1 },
	{ "<?xml version='1.0'?><Other/>", NULL, NULL, NULL, NULL, NULL, NULL, NULL, "ALL", -1,
		-1 },
	/* Wazuh's Windows events, and the journal */
	{ "{\"win\":{\"system\":{\"providerName\":\"P\",\"eventID\":\"4688\",\"level\":\"0\","
	  "\"keywords\":\"0x8020000000000000\",\"systemTime\":\"2026-11-25T03:00:00.5Z\","
	  "\"processID\":\"4\",\"channel\":\"Security\",\"computer\":\"pc9\"}}}",
		"2026-11-25T03:00:00.500000000", "pc9", "P", "4", NULL, "Security", "4688", "ALL",
		-1, 6 },
	{ "{\"__REALTIME_TIMESTAMP\":\"1795651200000001\",\"PRIORITY\":\"3\","
	  "\"SYSLOG_FACILITY\":\"4\",\"_COMM\":\"sshd-session\",\"SYSLOG_IDENTIFIER\":\"sshd\","
	  "\"_PID\":\"812\",\"_HOSTNAME\":\"web01\",\"MESSAGE\":\"at [2016-12-19 21:59:22]\"}",
		"2026-11-26T00:00:00.000001000", "web01", "sshd", "812", NULL, NULL, NULL,
		"at [2016-12-19 21:59:22]", 4, 3 },
	{ "{\"__REALTIME_TIMESTAMP\":\"99999999999999999999\",\"PRIORITY\":\"9\"}", NULL, NULL,
		NULL, NULL, NULL, NULL, NULL, "ALL", -1, -1 },
	{ "{\"not\": json", NULL, NULL, NULL, NULL, NULL, NULL, NULL, "{\"not\": json", -1, -1 },
	/* no times */
	{ "<13>Feb 30 10:00:00 h p: x", NULL, NULL, NULL, NULL, NULL, NULL, NULL,
		"Feb 30 10:00:00 h p: x", 1, 5 },
	{ "<13>Nov 25 24:00:00 h p: x", NULL, NULL, NULL, NULL, NULL, NULL, NULL,
		"Nov 25 24:00:00 h p: x", 1, 5 },
	{ "<999>x", NULL, NULL, NULL, NULL, NULL, NULL, NULL, "<999>x", -1, -1 },
	{ "<13", NULL, NULL, NULL, NULL, NULL, NULL, NULL, "<13", -1, -1 },
	{ "", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, -1, -1 },
};

static void expect(const char *line, const char *what, struct syslog_part part, const char *wanted)
{
	struct str got = syslog_part(str_of(line), part), want = str_of(wanted);

	if (wanted && strcmp(wanted, "ALL") == 0)
		want = str_of(line);
	if (got.len != want.len || (got.len && memcmp(got.ptr, want.ptr, got.len) != 0))
		fail_msg("%s\n%s: \"%.*s\"", line, what, STR_FMT(got));
}

static void expect_time(const char *line, const struct syslog_line *l, const char *wanted)
{
	int64_t s = l->time_ns / 1000000000, day = s / CLOCK_DAY_S, of_day = s % CLOCK_DAY_S;
	struct date d = date_of_days(day);
	char text[64];

	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%09d", d.year, d.month, d.day,
		(int)(of_day / 3600), (int)(of_day / 60 % 60), (int)(of_day % 60),
		(int)(l->time_ns % 1000000000));
	if (l->has_time != (wanted != NULL) || (wanted && strcmp(text, wanted) != 0))
		fail_msg("%s\ntime: %s", line, l->has_time ? text : "none");
}

static void lines_give_their_fields(void **state)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *line = rows[i].line;
		struct syslog_line l;

		syslog_parse(str_of(line), RECEIVED_S, &l);
		expect_time(line, &l, rows[i].time);
		expect(line, "host", l.host, rows[i].host);
		expect(line, "program", l.program, rows[i].program);
		expect(line, "pid", l.pid, rows[i].pid);
		expect(line, "id", l.message_id, rows[i].id);
		expect(line, "channel", l.channel, rows[i].channel);
		expect(line, "event", l.event_id, rows[i].event);
		expect(line, "message", l.message, rows[i].message);
		if (l.facility != rows[i].facility || l.severity != rows[i].severity)
			fail_msg("%s\n%d.%d", line, l.facility, l.severity);
	}
}

static void inside(struct str line, struct syslog_part part)
{
	assert_true(part.at <= line.len && part.len <= line.len - part.at);
}

/* Each line cut at each byte, in memory that ends there: the sanitizer looks on. */
static void cut_at_each_byte(void **state)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t len = 0; len <= strlen(rows[i].line); len++) {
			char *copy = malloc(len ? len : 1);
			struct str line = { copy, len };
			struct syslog_line l;

			memcpy(copy, rows[i].line, len);
			syslog_parse(line, RECEIVED_S, &l);
			inside(line, l.time);
			inside(line, l.host);
			inside(line, l.program);
			inside(line, l.pid);
			inside(line, l.structured);
			inside(line, l.message);
			inside(line, l.event_id);
			free(copy);
		}
}

/* The nearest year: in January a line of December is of the year before. */
static void a_year_is_chosen(void **state)
{
	static const struct {
		int64_t received_s;
		const char *line;
		int year;
	} years[] = { { 1767229200, "<13>Dec 31 23:59:59 h p: x", 2025 },
		{ 1767225000, "<13>Jan  1 00:00:10 h p: x", 2026 },
		{ 1709164800, "<13>Feb 29 08:00:00 h p: x", 2024 } };

	for (size_t i = 0; i < COUNT(years); i++) {
		struct syslog_line l;

		syslog_parse(str_of(years[i].line), years[i].received_s, &l);
		assert_true(l.has_time);
		assert_int_equal(date_at(l.time_ns / 1000000000).year, years[i].year);
	}
}

static void names_go_both_ways(void **state)
{
	for (int i = 0; i < 24; i++)
		assert_int_equal(syslog_facility_of(str_of(syslog_facility_name(i))), i);
	for (int i = 0; i < 8; i++)
		assert_int_equal(syslog_severity_of(str_of(syslog_severity_name(i))), i);
	assert_int_equal(syslog_severity_of(STR("WARN")), 4);
	assert_int_equal(syslog_severity_of(STR("")), -1);
	assert_string_equal(syslog_severity_name(-1), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_give_their_fields),
		cmocka_unit_test(cut_at_each_byte),
		cmocka_unit_test(a_year_is_chosen),
		cmocka_unit_test(names_go_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
