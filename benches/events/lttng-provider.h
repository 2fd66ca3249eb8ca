// The same event as in `writer.rs`, as a tracepoint of LTTng-UST.
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER mpviz_bench

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "lttng-provider.h"

#if !defined(LTTNG_PROVIDER_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define LTTNG_PROVIDER_H

#include <lttng/tracepoint.h>
#include <stdint.h>

LTTNG_UST_TRACEPOINT_EVENT(
    mpviz_bench, message_received,
    LTTNG_UST_TP_ARGS(uint32_t, actor, uint32_t, by, uint32_t, seq, uint32_t, line,
                      uint32_t, object, uint32_t, sender, uint64_t, number),
    LTTNG_UST_TP_FIELDS(
        lttng_ust_field_integer(uint32_t, actor, actor)
        lttng_ust_field_integer(uint32_t, by, by)
        lttng_ust_field_integer(uint32_t, seq, seq)
        lttng_ust_field_integer(uint32_t, line, line)
        lttng_ust_field_integer(uint32_t, object, object)
        lttng_ust_field_integer(uint32_t, sender, sender)
        lttng_ust_field_integer(uint64_t, number, number)))

#endif

#include <lttng/tracepoint-event.h>
