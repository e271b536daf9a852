# lib.sh - what ./dev and tools/dev-*.sh share: speaking, packages, building. Sourced, never run.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }
die() { say "dev: $*"; exit 1; }

# Debian's own python3, meson and compilers come before whatever else the user has: the packages
# that need_packages installs (python3-yaml, say) belong to those.
PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
export PATH

JOBS=${KHIEN_JOBS:-$(nproc)}

# --- packages -----------------------------------------------------------------------------------

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo "$@"
	else
		return 127
	fi
}

is_installed() {
	case $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) in
	installed) return 0 ;;
	*) return 1 ;;
	esac
}

is_known() { [[ $(apt-cache policy "$1" 2>/dev/null) == *"Candidate: "[!\(]* ]]; }

# missing_packages LIST...: one line 'must|wish NAME [NAME...]' for each line of the lists that
# this machine does not satisfy; the names are the alternatives, best first.
missing_packages() {
	local list line names kind command name is_there
	for list; do
		while read -r line; do
			line=${line%%#*} names='' kind=must command='' is_there=no
			for name in $line; do
				case $name in
				'|') ;;
				'!') kind=wish ;;
				'?'*) command=${name#?} ;;
				'@container') [ -d /run/systemd/system ] && is_there=yes ;;
				*) names+=" $name" ;;
				esac
			done
			[ -n "$names" ] || continue
			[ -n "$command" ] && command -v "$command" >/dev/null 2>&1 && is_there=yes
			for name in $names; do
				is_installed "$name" && is_there=yes
			done
			[ $is_there = yes ] || printf '%s%s\n' "$kind" "$names"
		done <"$TOP/tools/packages/$list.txt"
	done
}

# choose_packages: reads the lines of missing_packages, prints 'KIND NAME' with the first
# alternative this release knows, or 'KIND -NAME' where it knows none.
choose_packages() {
	local kind names name choice
	while read -r kind names; do
		choice=-${names%% *}
		for name in $names; do
			if is_known "$name"; then choice=$name; break; fi
		done
		printf '%s %s\n' "$kind" "$choice"
	done
}

# Without a service manager (RUNLEVEL) nothing is started by a package either.
apt_get() {
	local settings=(DEBIAN_FRONTEND=noninteractive)
	[ -d /run/systemd/system ] || settings+=(RUNLEVEL=1)
	as_root env "${settings[@]}" apt-get -qq -o Dpkg::Use-Pty=0 "$@"
}

# need_packages LIST...: makes the packages of tools/packages/LIST.txt be there.
need_packages() {
	local missing chosen names unknown log
	missing=$(missing_packages "$@")
	[ -n "$missing" ] || return 0
	command -v apt-get >/dev/null 2>&1 ||
		die "not a Debian system; needed: $(cut -d' ' -f2 <<<"$missing" | paste -sd' ')"
	if ! as_root true 2>/dev/null; then
		die "packages are missing and this user may not install them. As root, run:
  apt-get install $(cut -d' ' -f2 <<<"$missing" | paste -sd' ')"
	fi

	mkdir -p "$TOP/.dev"
	log=$TOP/.dev/apt.log
	chosen=$(choose_packages <<<"$missing")
	if grep -q ' -' <<<"$chosen"; then
		say "asking Debian for its list of packages"
		apt_get update >"$log" 2>&1 || say "apt-get update complained; see $log"
		chosen=$(choose_packages <<<"$missing")
	fi
	unknown=$(sed -n 's/^must -//p' <<<"$chosen" | paste -sd' ')
	[ -z "$unknown" ] || die "this release of Debian has no package: $unknown"
	unknown=$(sed -n 's/^wish -//p' <<<"$chosen" | paste -sd' ')
	[ -z "$unknown" ] || say "not to be had here, going on without: $unknown"
	names=$(sed -n 's/^[a-z]* \([^-]\)/\1/p' <<<"$chosen" | paste -sd' ')
	[ -n "$names" ] || return 0

	say "installing: $names"
	# shellcheck disable=SC2086  # a list of words
	apt_get install -y --no-install-recommends $names >"$log" 2>&1 && return 0
	# Lists older than the archive: ask again, once.
	apt_get update >>"$log" 2>&1
	# shellcheck disable=SC2086
	apt_get install -y --no-install-recommends $names >>"$log" 2>&1 && return 0
	tail -n 15 "$log" >&2
	die "apt-get could not install them; the whole story is in $log"
}

# unpack_beside NAME PACKAGE...: a program that Debian installs only in place of another, unpacked with
# what it needs in .dev/NAME. Where it cannot be had the work goes on: its tests are skipped.
unpack_beside() {
	local name=$1 dir=$TOP/.dev/$1 wanted=() package
	shift
	! command -v "$name" >/dev/null 2>&1 && [ ! -d "$dir" ] || return 0
	for package; do
		if is_known "$package"; then wanted+=("$package"); fi
	done
	rm -rf "$dir.new" && mkdir -p "$dir.new"
	if (cd "$dir.new" && apt-get -qq download "${wanted[@]}" &&
		for package in ./*.deb; do dpkg-deb -x "$package" . || exit; done) >"$TOP/.dev/$name.log" 2>&1; then
		mv "$dir.new" "$dir"
	else
		say "not to be had here, going on without: $name (see .dev/$name.log)"
	fi
}

# In Debian 12 and 13 its libraries have different names.
need_syslog_ng() { unpack_beside syslog-ng syslog-ng-core libivykis0 libivykis0t64 libnet1 libnet1t64 libwrap0 libpcre3; }

# --- building -----------------------------------------------------------------------------------

# build_tree DIR MESON-OPTION...: configures DIR when it is new or was asked for otherwise, builds it.
# Quiet when all is well; the log is DIR/logs/build.log. Returns 1 on a failure, after showing it.
build_tree() {
	local dir=$TOP/$1 log again=
	shift
	mkdir -p "$dir/logs" "$TOP/.dev"
	log=$dir/logs/build.log
	if [ "$(cat "$dir/options" 2>/dev/null)" != "$*" ] || [ ! -f "$dir/build.ninja" ]; then
		[ -f "$dir/meson-private/coredata.dat" ] && again=--wipe
		# --wipe empties the folder, so the log is kept outside until it is done.
		if ! meson setup $again "$dir" "$TOP" "$@" >"$TOP/.dev/setup.log" 2>&1; then
			mkdir -p "$dir/logs" && mv "$TOP/.dev/setup.log" "$log"
			tail -n 25 "$log" >&2
			return 1
		fi
		mkdir -p "$dir/logs" && mv "$TOP/.dev/setup.log" "$log"
		printf '%s' "$*" >"$dir/options"
	fi
	if ! ninja -C "$dir" -j "$JOBS" >"$log" 2>&1; then
		# The compiler's words, without the long command lines that led to them.
		grep -vE '^\[[0-9]+/[0-9]+\]|^(cc|gcc|clang|ccache) ' "$log" | tail -n 60 >&2
		say "the whole log: $log"
		return 1
	fi
}

# --- choosing sources ---------------------------------------------------------------------------

# chosen_sources [--all|FILE...]: the C files to look at, one a line: those named, all of them, or
# those that differ from main (on main itself: from the commit before), uncommitted ones included.
chosen_sources() {
	local base=main
	case ${1:-} in
	--all) git ls-files '*.c' '*.h' ;;
	'')
		[ "$(git rev-parse --abbrev-ref HEAD)" != main ] || base=HEAD~1
		git rev-parse -q --verify "$base" >/dev/null || { git ls-files '*.c' '*.h'; return; }
		{ git diff --name-only --diff-filter=d "$(git merge-base "$base" HEAD)" -- '*.c' '*.h'
			git ls-files --others --exclude-standard '*.c' '*.h'; } | sort -u ;;
	*) printf '%s\n' "$@" ;;
	esac
}
