# dev-package.sh - ./dev package: a .deb in build-deb/, from a copy of the tree, so that nothing of
# debhelper's is left in it; then lintian, the manual's own linter, and the unit's exposure.
# Sourced by ./dev.
# shellcheck shell=bash

main() {
	local version copy
	need_packages build package
	version=$(sed -n "s/^ *version: '\(.*\)',/\1/p" meson.build | head -n 1)
	[ "$(dpkg-parsechangelog -S Version)" = "$version" ] ||
		die "debian/changelog and meson.build disagree about the version"
	copy=build-deb/khien-$version
	rm -rf build-deb
	mkdir -p "$copy" build-deb/logs
	copy_tree "$copy"

	say "building the package of khien $version"
	if ! (cd "$copy" && DEB_BUILD_OPTIONS="parallel=$JOBS" dpkg-buildpackage -b -us -uc) \
		>build-deb/logs/package.log 2>&1; then
		tail -n 30 build-deb/logs/package.log >&2
		die "the package was not built; the whole log: build-deb/logs/package.log"
	fi
	say "lintian"
	lintian --allow-root --tag-display-limit 0 build-deb/*.changes
	mandoc -T lint -W warning docs/man/*.1
	if command -v systemd-analyze >/dev/null 2>&1; then
		systemd-analyze security --offline=true --no-pager debian/khien.service 2>/dev/null | tail -n 1
	fi
	ls -l build-deb/*.deb
}

# What git knows of (or, without git, all but what was built), into the folder $1.
copy_tree() {
	if [ -e .git ] && command -v git >/dev/null 2>&1; then
		git ls-files -z --cached --others --exclude-standard | tar -c --null -T - | tar -x -C "$1"
	else
		tar -c --exclude='./build*' --exclude=./.dev --exclude=node_modules . | tar -x -C "$1"
	fi
}
