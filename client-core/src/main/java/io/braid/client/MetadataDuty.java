package io.braid.client;

import io.braid.client.network.BrokerLink;

/** How the routing table is kept current over a connection that exists. Owned by the event loop. */
interface MetadataDuty {
    /** Called at every occasion; sends what is due. Returns when to call again at the latest, in nanoseconds from now. */
    long poll(BrokerLink link, long nowNs);

    /** A new connection: nothing is on its way any more. */
    void begin();

    /** Something in the table is known to be old. */
    void refresh();

    /** A broker's answer showed the metadata version it has. */
    void seen(BrokerLink from, long version, long nowNs);
}
