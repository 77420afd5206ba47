#include "features.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "core/perf_events.h"
#include "core/uprobe_multi.h"
#include "core/user_function.h"

namespace sonde {

namespace {

constexpr bpf_insn kReturnZero[] = {
    {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0},
    {BPF_JMP | BPF_EXIT, 0, 0, 0, 0},
};

// Loads a tracepoint program; 0 or an errno.
int TryLoad()
{
	int fd = bpf_prog_load(BPF_PROG_TYPE_TRACEPOINT, "sonde_try", "GPL", kReturnZero, 2, nullptr);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

// Loads a program for a kernel function that there is not; 0 if that is what is wrong with it, or an errno.
int TryFunctionProgram(bpf_prog_type type, bpf_attach_type attach_type)
{
	// Of the first type that the kernel describes, which is an integer.
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = attach_type, .attach_btf_id = 1);
	int fd = bpf_prog_load(type, "sonde_try", "GPL", kReturnZero, 2, &options);

	if (fd < 0)
		return errno == EINVAL ? 0 : errno;
	close(fd);
	return 0;
}

// Whether return probes can be put on kernel functions by name (kernels with fprobe). An attach without a function is
// refused as such where there are any, and as not supported where there are none.
bool HasReturnProbes()
{
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_KPROBE_MULTI);
	int fd = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "sonde_try", "GPL", kReturnZero, 2, &options);

	if (fd < 0)
		return false;
	bool supported = bpf_link_create(fd, 0, BPF_TRACE_KPROBE_MULTI, nullptr) < 0 && errno == EINVAL;
	close(fd);
	return supported;
}

}  // namespace

Napi::Value TracepointArguments(const Napi::CallbackInfo &info)
{
	std::string name = "btf_trace_" + std::string(info[0].ToString());
	std::unique_ptr<btf, decltype(&btf__free)> types(btf__load_vmlinux_btf(), btf__free);
	int id = types ? btf__find_by_name_kind(types.get(), name.c_str(), BTF_KIND_TYPEDEF) : -1;

	if (id < 0)
		return Napi::Number::New(info.Env(), -1);
	// A typedef of a pointer to the function that is called, which is passed something of its own first.
	const btf_type *type = btf__type_by_id(types.get(), static_cast<uint32_t>(id));
	type = btf__type_by_id(types.get(), type->type);
	type = btf__type_by_id(types.get(), type->type);
	return Napi::Number::New(info.Env(), btf_is_func_proto(type) ? btf_vlen(type) - 1 : -1);
}

Napi::Value HasKernelFunction(const Napi::CallbackInfo &info)
{
	std::string name = info[0].ToString();

	return Napi::Boolean::New(info.Env(), libbpf_find_vmlinux_btf_id(name.c_str(), BPF_TRACE_FEXIT) > 0);
}

Napi::Value KernelTypeNames(const Napi::CallbackInfo &info)
{
	Napi::Array names = Napi::Array::New(info.Env());
	std::string prefix = info[0].ToString();
	std::unique_ptr<btf, decltype(&btf__free)> types(btf__load_vmlinux_btf(), btf__free);
	uint32_t count = types ? btf__type_cnt(types.get()) : 0;

	for (uint32_t id = 1; id < count; id++) {
		const btf_type *type = btf__type_by_id(types.get(), id);
		const char *name = btf__name_by_offset(types.get(), type->name_off);

		if ((btf_is_typedef(type) || btf_is_func(type)) && strncmp(name, prefix.c_str(), prefix.size()) == 0)
			names.Set(names.Length(), name);
	}
	return names;
}

Napi::Value KernelEnum(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	Napi::Array values = Napi::Array::New(env);
	std::string name = info[0].ToString();
	std::unique_ptr<btf, decltype(&btf__free)> types(btf__load_vmlinux_btf(), btf__free);
	int id = types ? btf__find_by_name_kind(types.get(), name.c_str(), BTF_KIND_ENUM) : -1;

	if (id < 0)
		return values;
	const btf_type *type = btf__type_by_id(types.get(), static_cast<uint32_t>(id));
	const struct btf_enum *value = btf_enum(type);
	for (uint16_t i = 0; i < btf_vlen(type); i++, value++) {
		Napi::Object entry = Napi::Object::New(env);

		entry.Set("name", btf__name_by_offset(types.get(), value->name_off));
		entry.Set("value", value->val);
		values.Set(values.Length(), entry);
	}
	return values;
}

Napi::Value KernelSupport(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	Napi::Object support = Napi::Object::New(env);
	int error = TryLoad(), perf_error = TryPerfEvent();
	int function_error = TryFunctionProgram(BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT);
	int security_error = TryFunctionProgram(BPF_PROG_TYPE_LSM, BPF_LSM_MAC);

	support.Set("loadError", error == 0 ? "" : strerrordesc_np(error));
	support.Set("ringBuffer", libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, nullptr) == 1);
	support.Set("taskPtRegs",
		    libbpf_probe_bpf_helper(BPF_PROG_TYPE_TRACEPOINT, BPF_FUNC_task_pt_regs, nullptr) == 1);
	support.Set("returnProbes", HasReturnProbes());
	support.Set("functionProgramError", function_error == 0 ? "" : strerrordesc_np(function_error));
	support.Set("perfEventError", perf_error == 0 ? "" : strerrordesc_np(perf_error));
	support.Set("securityProgramError", security_error == 0 ? "" : strerrordesc_np(security_error));
	support.Set("uprobeMulti", HasUprobeMulti());
	return support;
}

Napi::Value WhyNoUserFunction(const Napi::CallbackInfo &info)
{
	return Napi::String::New(info.Env(), FindUserFunction(std::string(info[0].ToString())).missing);
}

}  // namespace sonde
