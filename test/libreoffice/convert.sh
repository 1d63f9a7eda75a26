# Sourced: opens a file in LibreOffice, headless, with a profile that carries the locale as the settings dialogue would
# write it, and saves its cells as flat OpenDocument in out/. Needs `$folder`, and to be in it.
convert() { # LOCALE FILE [FILTER]
  local profile=$folder/profile-$1
  mkdir -p "$profile/user"
  cat > "$profile/user/registrymodifications.xcu" <<XML
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>$1</value></prop></item>
</oor:items>
XML
  rm -rf out
  soffice "-env:UserInstallation=file://$profile" --headless ${3:+"--infilter=$3"} --convert-to fods --outdir out "$2" > log 2>&1 ||
    { cat log >&2; exit 1; }
}
