# The scenarios with their maps, profiles, rules and statements, as they stand in the tree.
EXTRA_DIST += scenarios
install-data-local:
	cd $(srcdir) && find scenarios -type f | while read -r file; do \
		$(MKDIR_P) "$(DESTDIR)$(pkgdatadir)/$$(dirname "$$file")" && \
		$(INSTALL_DATA) "$$file" "$(DESTDIR)$(pkgdatadir)/$$file" || exit 1; done
uninstall-local:
	rm -rf "$(DESTDIR)$(pkgdatadir)/scenarios"
