# dev-lint.sh - ./dev lint [FILE...|--all]: gcc -fanalyzer, clang-tidy and cppcheck on the sources that
# changed against main, on FILE..., or on all; shellcheck on ./dev. Fails when one of them finds
# something. What each looks for stands in .clang-tidy and below. Sourced by ./dev.
# shellcheck shell=bash

main() {
	local files=() sources=() bad=0 out=build-lint/report.txt
	need_packages build test lint
	mapfile -t files < <(chosen_sources "$@")
	mapfile -t sources < <(printf '%s\n' "${files[@]}" | grep '\.c$')
	build_tree build-lint -Dbuildtype=debug -Dtesting=true || die "the build failed"
	: >$out

	say "gcc -fanalyzer, clang-tidy, cppcheck on ${#sources[@]} sources"
	if [ ${#sources[@]} -gt 0 ]; then
		printf '%s\0' "${sources[@]}" | xargs -0 -P "$JOBS" -n 1 \
			python3 tools/analyse.py build-lint >>$out || bad=1
		printf '%s\0' "${sources[@]}" | xargs -0 -P "$JOBS" -n 4 \
			clang-tidy -quiet -p build-lint >>$out 2>/dev/null || bad=1
		cppcheck -q --std=c11 --enable=warning,portability --inline-suppr -I src -D__linux__ \
			--suppress=missingInclude --suppress=readdirCalled \
			--suppress=invalidFunctionArg --suppress=normalCheckLevelMaxBranches \
			--library=posix --error-exitcode=1 "${sources[@]}" >>$out 2>&1 || bad=1
	fi
	shellcheck -x dev tools/*.sh >>$out || bad=1
	cat $out
	[ $bad = 1 ] || say "nothing found"
	return $bad
}
