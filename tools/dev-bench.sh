# dev-bench.sh - ./dev bench [audit|deep|pages] [OPTION...]: figures from the release build on this machine.
# Sourced by ./dev.
# shellcheck shell=bash

main() {
	local what=${1:-all}
	[ $# -eq 0 ] || shift
	case $what in
	all | audit | deep | pages) ;;
	*) die "bench: '$what'? There are audit, deep and pages" ;;
	esac
	build_release || die "the build failed"
	need_packages bench
	if [ "$what" = all ] || [ "$what" = audit ]; then
		python3 bench/audit.py "$@" || die "bench audit failed"
	fi
	if [ "$what" = all ] || [ "$what" = deep ]; then
		python3 bench/deep.py "$@" || die "bench deep failed"
	fi
	if [ "$what" = all ] || [ "$what" = pages ]; then
		python3 bench/pages.py "$@" || die "bench pages failed"
	fi
}
