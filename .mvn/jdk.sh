# Sourced by mvnw, meridian and .ci/run: points JAVA_HOME at a JDK 25, wherever it is.
# The file `release` of a JDK says which it is; asking javac would start a JVM, at every start of ours.
meridian_jdk_is_25() {
  [ -x "$1/bin/javac" ] || return 1
  if [ -f "$1/release" ]; then grep -q '^JAVA_VERSION="25' "$1/release"; else "$1/bin/javac" -version 2>&1 | grep -q '^javac 25'; fi
}
if ! { [ -n "${JAVA_HOME-}" ] && meridian_jdk_is_25 "$JAVA_HOME"; }; then
  for meridian_jdk in /usr/lib/jvm/*25* /opt/java/* /opt/jdk* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME-/root}"/.sdkman/candidates/java/25*; do
    if meridian_jdk_is_25 "$meridian_jdk"; then
      JAVA_HOME=$meridian_jdk
      export JAVA_HOME
      break
    fi
  done
fi
if ! { [ -n "${JAVA_HOME-}" ] && meridian_jdk_is_25 "$JAVA_HOME"; }; then
  echo "Meridian needs a JDK 25: install one (for example from https://adoptium.net) and set JAVA_HOME to it." >&2
  exit 1
fi
