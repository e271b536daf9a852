# dev-bench.sh - ./dev bench [NAME] [OPTION...]: figures from the release build on this machine. NAME is
# a program of bench/; without one those run that need no data of their own. Sourced by ./dev.
# shellcheck shell=bash

main() {
	local what=${1:-all} names name
	[ $# -eq 0 ] || shift
	names=$(cd bench && ls ./*.py | sed 's|^./||; s|[.]py$||' | grep -vxE 'goals|loglines|measure' | tr '\n' ' ')
	[ "$what" = all ] || [[ " $names" == *" $what "* ]] || die "bench: '$what'? There are: $names"
	build_release || die "the build failed"
	need_packages bench
	need_syslog_ng
	[ "$what" != all ] || names='audit pages'
	[ "$what" = all ] || names=$what
	for name in $names; do
		python3 "bench/$name.py" "$@" || die "bench $name failed"
	done
}
