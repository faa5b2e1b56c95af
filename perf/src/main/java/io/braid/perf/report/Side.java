package io.braid.perf.report;

/** Whose broker. */
enum Side {
    BRAID("Braid"),
    KAFKA("Apache Kafka");

    private final String title;

    Side(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** As result lines have it. */
    String broker() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** With either client. */
    boolean is(Result result) {
        return result.broker().equals(broker());
    }
}
