# dev-format.sh - ./dev format [FILE...|--all|--check]: clang-format (.clang-format) on what changed
# against main, on FILE..., or on all. --check changes nothing and fails where something would
# change. Sourced by ./dev.
# shellcheck shell=bash

main() {
	local check=no files=() file bad=0
	[ "${1:-}" != --check ] || { check=yes; shift; }
	need_packages lint
	mapfile -t files < <(chosen_sources "$@")
	for file in "${files[@]}"; do
		if [ $check = no ]; then
			clang-format -i "$file"
		elif ! clang-format "$file" | diff -q "$file" - >/dev/null; then
			say "$file: './dev format $file' would change it"
			bad=1
		fi
	done
	say "${#files[@]} files looked at"
	return $bad
}
