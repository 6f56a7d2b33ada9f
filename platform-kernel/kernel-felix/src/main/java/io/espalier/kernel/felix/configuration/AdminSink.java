package io.espalier.kernel.felix.configuration;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Dictionary;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** Configuration Admin as the place where checked configurations go; any bundle may read them. */
final class AdminSink implements ConfigurationSink {
    private static final String ANY_BUNDLE = "?";

    private final ConfigurationAdmin admin;

    AdminSink(ConfigurationAdmin admin) {
        this.admin = requireNonNull(admin, "admin is null");
    }

    @Override
    public void put(ConfigurationName name, Map<String, Object> values) {
        Dictionary<String, Object> properties = FrameworkUtil.asDictionary(values);
        change(name, configuration -> configuration.updateIfDifferent(properties));
    }

    @Override
    public void delete(ConfigurationName name) {
        change(name, Configuration::delete);
    }

    @Override
    public void retain(Set<ConfigurationName> wanted) {
        try {
            Configuration[] all = admin.listConfigurations(null);
            for (Configuration one : all == null ? new Configuration[0] : all) {
                if (!wanted.contains(nameOf(one))) {
                    one.delete();
                }
            }
        } catch (IOException | InvalidSyntaxException e) {
            throw new IllegalStateException("Tried to list what Configuration Admin holds but: " + e.getMessage(), e);
        }
    }

    private interface Change {
        void apply(Configuration configuration) throws IOException;
    }

    private void change(ConfigurationName name, Change change) {
        try {
            change.apply(configuration(name));
        } catch (IOException e) {
            throw new IllegalStateException(
                    "Tried to store configuration " + name + " but: " + e.getMessage() + "; check the data folder.", e);
        }
    }

    private Configuration configuration(ConfigurationName name) throws IOException {
        String alias = name.alias();
        return alias == null
                ? admin.getConfiguration(name.pid(), ANY_BUNDLE)
                : admin.getFactoryConfiguration(name.pid(), alias, ANY_BUNDLE);
    }

    private static ConfigurationName nameOf(Configuration configuration) {
        String factory = configuration.getFactoryPid();
        @Nullable String alias = factory == null ? null : configuration.getPid().substring(factory.length() + 1);
        return new ConfigurationName(factory == null ? configuration.getPid() : factory, alias);
    }
}
