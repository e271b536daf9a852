# dev-bench.sh - ./dev bench [audit|pages] [OPTION...]: figures from the release build on this machine.
# Sourced by ./dev.
# shellcheck shell=bash

main() {
	local what=${1:-all}
	[ $# -eq 0 ] || shift
	case $what in
	all | audit | pages) ;;
	*) die "bench: '$what'? There are audit and pages" ;;
	esac
	build_release || die "the build failed"
	need_packages bench
	if [ "$what" != pages ]; then
		python3 bench/audit.py "$@" || die "bench audit failed"
	fi
	if [ "$what" != audit ]; then
		python3 bench/pages.py "$@" || die "bench pages failed"
	fi
}
