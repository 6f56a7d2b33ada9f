package io.espalier.kernel.felix.runtime;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the manifest header {@code Espalier-Start-Budget}: whole seconds or milliseconds, {@code 30s} or {@code 500ms}. */
final class StartBudget {
    private static final String HEADER = "Espalier-Start-Budget";
    private static final Pattern FORM = Pattern.compile("(\\d{1,6})\\s*(ms|s)");
    private static final Logger LOG = LoggerFactory.getLogger(StartBudget.class);

    private StartBudget() {}

    static @Nullable Duration of(Bundle bundle) {
        String text = bundle.getHeaders("").get(HEADER);
        if (text == null) {
            return null;
        }
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches() || Long.parseLong(form.group(1)) == 0) {
            LOG.warn(
                    "Plug-in {} asks for {} \"{}\", which is no time such as 30s; it gets the default.",
                    bundle.getSymbolicName(),
                    HEADER,
                    text);
            return null;
        }
        long amount = Long.parseLong(form.group(1));
        return form.group(2).equals("s") ? Duration.ofSeconds(amount) : Duration.ofMillis(amount);
    }
}
