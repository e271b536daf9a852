# dev-test.sh - ./dev test [SUITE...]: builds with sanitizers and runs the suites. The last line of
# the output is 'N passed, N failed[, N skipped]'. Sourced by ./dev.
# shellcheck shell=bash

ALL_SUITES='unit fuzz house flow browser'
# not in the ordinary run: whole Debian systems; every page in every form
MORE_SUITES='truth package pages'

main() {
	local suites=${*:-$ALL_SUITES} suite
	for suite in $suites; do
		[[ " $ALL_SUITES $MORE_SUITES " == *" $suite "* ]] ||
			die "unknown suite '$suite'; there are: $ALL_SUITES $MORE_SUITES"
	done
	need_packages build test
	need_syslog_ng
	mkdir -p build-test/logs
	# what people are given is compiled otherwise: its warnings are others
	if [ $# -eq 0 ] && ! build_release; then
		say "the release build failed"
		printf '0 passed, 1 failed\n'
		exit 1
	fi
	if [[ " $suites " == *" package "* ]]; then
		./dev package
	fi
	if [ "$suites" != house ] && [ "$suites" != package ]; then
		say "building build-test/ (ASan, UBSan, warnings as errors)"
		# What UBSan finds ends the program: a line among others on stderr fails no test.
		# At a fixed address: half a million pointers need no relocation at each of thousands of starts.
		if ! build_tree build-test -Dbuildtype=debugoptimized -Dwerror=true -Dtesting=true \
			-Db_sanitize=address,undefined -Dc_args=-fno-sanitize-recover=all -Db_pie=false \
			-Dc_link_args=-no-pie; then
			say "the build failed"
			printf '0 passed, 1 failed\n'
			exit 1
		fi
	fi
	# shellcheck disable=SC2086  # a list of words
	exec python3 tools/run-suites.py build-test $suites
}
