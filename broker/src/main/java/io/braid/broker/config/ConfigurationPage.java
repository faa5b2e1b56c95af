package io.braid.broker.config;

import java.util.ArrayList;
import java.util.List;

/** Writes docs/configuration.md from the tables of keys. */
final class ConfigurationPage {

    private static final String HEAD =
            """
            # Configuration

            <!-- Generated from the tables in broker/src/main/java/io/braid/broker/config. Do not edit; regenerate with
                 mvn -pl broker -am test -Dtest=ConfigurationPageTest -Dsurefire.failIfNoSpecifiedTests=false -Dbraid.docs.update=true -->

            A node reads its keys from a properties file (`bin/braid start --config FILE`), over it from environment variables
            (`BRAID_LOG_DIRS` sets `log.dirs`: upper case, `_` for each dot), over it from the command line (`--set key=value`;
            `--data DIR` is short for `--set log.dirs=DIR`). Keys have Kafka's names where they mean the same. Every problem is
            reported before anything is started; an unknown key is one, and so is a variable `BRAID_...` that names no key and is
            none of those that `bin/braid` reads itself (they stand at its top).

            *When*: `start` is read once; `run time` can also be altered while the node runs, for one broker or, with an empty broker
            name, for all of them. Topic and group settings are altered at any time. A topic's value is the first of: its own
            setting, the broker's key altered for one broker, altered for all, in the node's file, the default.

            A number of 9223372036854775807 stands for "no limit".
            """;

    private final StringBuilder page = new StringBuilder(HEAD);

    private ConfigurationPage() {}

    static String text() {
        ConfigurationPage page = new ConfigurationPage();
        page.table("A node", NodeKeys.TABLE, true);
        page.table("A topic", TopicKeys.TABLE, false);
        page.table("A group", GroupKeys.TABLE, false);
        return page.page.toString();
    }

    private void table(String title, ConfigTable table, boolean when) {
        page.append("\n## ").append(title).append('\n');
        for (ConfigTable.Section section : table.sections()) {
            page.append("\n### ").append(section.title()).append("\n\n");
            if (!section.text().isEmpty()) {
                page.append(section.text()).append("\n\n");
            }
            page.append(when ? "| key | default | unit | when | |\n|---|---|---|---|---|\n" : "");
            page.append(when ? "" : "| key | default | unit | |\n|---|---|---|---|\n");
            section.keys().forEach(key -> row(key, when));
        }
        aliases(table);
    }

    private void row(ConfigKey<?> key, boolean when) {
        List<String> cells = new ArrayList<>();
        cells.add("`" + key.name() + "`");
        cells.add(key.brokerKey()
                .map(broker -> "of `" + broker + "`")
                .orElse(key.defaultText().isEmpty() ? "" : "`" + key.defaultText() + "`"));
        cells.add(key.unit());
        if (when) {
            cells.add(key.change() == ConfigKey.Change.AT_START ? "start" : "run time");
        }
        String ignored = key.ignored().map(why -> " **No effect.** " + why).orElse("");
        cells.add(key.doc() + " Must be " + key.type().allowed() + "." + ignored);
        page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private void aliases(ConfigTable table) {
        if (table.aliases().isEmpty()) {
            return;
        }
        page.append("\n### Other units\n\n| key | means |\n|---|---|\n");
        for (ConfigTable.Alias alias : table.aliases()) {
            page.append(String.format("| `%s=n` | `%s` = n * %d |%n", alias.name(), alias.key(), alias.factor())
                    .replace(System.lineSeparator(), "\n"));
        }
    }
}
