# dev-fuzz.sh - ./dev fuzz [TARGET] [SECONDS]: libFuzzer on one target, or on each in turn (default 60 s
# each). What it finds new goes into build-fuzz/found/TARGET, crashes into build-fuzz/crash/TARGET;
# './dev fuzz TARGET merge' takes the inputs that reach new code over into fuzz/corpus/TARGET.
# Sourced by ./dev.
# shellcheck shell=bash

fuzz_one() {
	local name=$1 program=build-fuzz/fuzz/fuzz_${1//-/_} seconds=$2
	[ -x "$program" ] || die "no fuzz target '$name'; there are: $(fuzz_names | paste -sd' ')"
	mkdir -p "build-fuzz/found/$name" "build-fuzz/crash/$name" "build-fuzz/logs"
	if [ "$seconds" = merge ]; then
		mkdir -p "fuzz/corpus/$name"
		"$program" -merge=1 "fuzz/corpus/$name" "build-fuzz/found/$name"
		return
	fi
	say "fuzzing $name for $seconds s"
	if "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=65536 \
		-artifact_prefix="build-fuzz/crash/$name/" -print_final_stats=1 \
		"build-fuzz/found/$name" "fuzz/corpus/$name" >"build-fuzz/logs/$name.log" 2>&1; then
		sed -n 's/^stat::number_of_executed_units: */  inputs run: /p' "build-fuzz/logs/$name.log"
	else
		tail -n 40 "build-fuzz/logs/$name.log"
		say "$name: a fault; the input is in build-fuzz/crash/$name/"
		return 1
	fi
}

fuzz_names() { find build-fuzz/fuzz -maxdepth 1 -name 'fuzz_*' -type f -executable -printf '%f\n' | sed 's/^fuzz_//; s/_/-/g' | sort; }

main() {
	local name=${1:-} seconds=${2:-60} faults=0
	# './dev fuzz 30' means every target for 30 s.
	if [[ $name =~ ^[0-9]+$ ]]; then seconds=$name name=; fi
	need_packages build fuzz
	say "building build-fuzz/ (clang, libFuzzer, ASan, UBSan)"
	CC=clang build_tree build-fuzz -Dbuildtype=debugoptimized -Dfuzzing=true -Db_lundef=false \
		-Db_sanitize=address,undefined -Db_pie=true \
		-Dc_args="-fsanitize=fuzzer-no-link -fno-sanitize-recover=all" ||
		die "the build failed"
	if [ -n "$name" ]; then
		fuzz_one "$name" "$seconds"
		return
	fi
	[ -n "$(fuzz_names)" ] || die "there is no fuzz target yet"
	for name in $(fuzz_names); do
		fuzz_one "$name" "$seconds" || faults=$((faults + 1))
	done
	say "$faults targets with faults"
	[ $faults = 0 ]
}
