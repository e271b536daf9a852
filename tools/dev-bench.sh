# dev-bench.sh - ./dev bench [audit|pages|intake] [OPTION...]: figures from the release build on this machine.
# Sourced by ./dev.
# shellcheck shell=bash

main() {
	local what=${1:-all}
	[ $# -eq 0 ] || shift
	case $what in
	all | audit | pages | intake) ;;
	*) die "bench: '$what'? There are audit, pages and intake" ;;
	esac
	build_release || die "the build failed"
	need_packages bench
	if [ "$what" = all ] || [ "$what" = audit ]; then
		python3 bench/audit.py "$@" || die "bench audit failed"
	fi
	if [ "$what" = all ] || [ "$what" = pages ]; then
		python3 bench/pages.py "$@" || die "bench pages failed"
	fi
	if [ "$what" = intake ]; then
		python3 bench/intake.py "$@" || die "bench intake failed"
	fi
}
