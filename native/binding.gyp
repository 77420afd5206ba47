{
  "variables": { "sanitize%": "" },
  "targets": [
    {
      "target_name": "sonde",
      "sources": [
        "src/addon.cc",
        "src/core/allowance.cc",
        "src/core/batch.cc",
        "src/core/stack_table.cc",
        "src/core/subject.cc",
        "src/core/bpf_object.cc",
        "src/core/capture.cc",
        "src/core/clock.cc",
        "src/core/controls.cc",
        "src/core/counters.cc",
        "src/core/encoder.cc",
        "src/core/error.cc",
        "src/core/filter_maps.cc",
        "src/core/libbpf_log.cc",
        "src/core/links.cc",
        "src/core/map_memory.cc",
        "src/core/mapping.cc",
        "src/core/placeholder.cc",
        "src/core/perf_events.cc",
        "src/core/plan.cc",
        "src/core/process_tree.cc",
        "src/core/read_only_data.cc",
        "src/core/reader.cc",
        "src/core/ring.cc",
        "src/core/rings.cc",
        "src/core/section.cc",
        "src/core/uprobe_multi.cc",
        "src/core/user_function.cc",
        "src/core/utf8.cc",
        "src/js/cgroup_path.cc",
        "src/js/encode_record.cc",
        "src/js/error_to_js.cc",
        "src/js/event_batch.cc",
        "src/js/features.cc",
        "src/js/file_lock.cc",
        "src/js/object_layout.cc",
        "src/js/options_reader.cc",
        "src/js/plan_from_js.cc",
        "src/js/peer_credentials.cc",
        "src/js/programs.cc",
        "src/js/snapshot_to_js.cc",
        "src/js/trace.cc",
        "src/js/trace_core.cc",
        "src/js/trace_options_from_js.cc"
      ],
      "include_dirs": ["src", "<!@(node -p \"require('node-addon-api').include\")"],
      "defines": ["NAPI_VERSION=8", "NODE_ADDON_API_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED",
                  "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"],
      "cflags!": ["-fno-exceptions"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti"],
      "cflags_cc": ["-std=c++17", "-O2", "-falign-functions=64", "-falign-jumps=32", "-Wall", "-Wextra", "-Werror"],
      "libraries": ["-lbpf", "-lelf"],
      "conditions": [
        ["sanitize!=''", {
          "cflags_cc": ["-fsanitize=<(sanitize)", "-fno-sanitize-recover=all", "-g"],
          "ldflags": ["-fsanitize=<(sanitize)"]
        }]
      ]
    }
  ]
}
