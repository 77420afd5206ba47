#include "object_layout.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <memory>
#include <string>

#include "core/libbpf_log.h"
#include "error_to_js.h"

namespace sonde {

namespace {

class Layouts {
public:
	Layouts(Napi::Env env, const btf *types) : env_(env), btf_(types) {}

	Napi::Object Struct(uint32_t id)
	{
		const btf_type *type = btf__type_by_id(btf_, id);
		const btf_member *member = btf_members(type);
		Napi::Array members = Napi::Array::New(env_);

		for (uint16_t i = 0; i < btf_vlen(type); i++, member++) {
			Napi::Object entry = Napi::Object::New(env_);

			if (btf_member_bitfield_size(type, i) != 0)
				throw Error(ErrorCode::kInvalidObject, "bit fields are not supported: " + Name(member->name_off));
			entry.Set("name", Name(member->name_off));
			entry.Set("offset", btf_member_bit_offset(type, i) / 8);
			entry.Set("type", Type(member->type));
			members.Set(i, entry);
		}
		Napi::Object layout = Sized("struct", Name(type->name_off), type->size);
		layout.Set("members", members);
		return layout;
	}

	Napi::Array Variables(uint32_t section_id, const std::string &prefix)
	{
		const btf_type *section = btf__type_by_id(btf_, section_id);
		const btf_var_secinfo *info = btf_var_secinfos(section);
		Napi::Array variables = Napi::Array::New(env_);

		for (uint16_t i = 0; i < btf_vlen(section); i++, info++) {
			const btf_type *variable = btf__type_by_id(btf_, info->type);
			std::string name = Name(variable->name_off);

			if (name.compare(0, prefix.size(), prefix) != 0)
				continue;
			Napi::Object entry = Napi::Object::New(env_);
			entry.Set("name", name);
			entry.Set("type", Type(variable->type));
			variables.Set(variables.Length(), entry);
		}
		return variables;
	}

private:
	Napi::Object Type(uint32_t id)
	{
		std::string alias;
		const btf_type *type = btf__type_by_id(btf_, id);

		// The first typedef's name is what the author wrote.
		while (btf_is_typedef(type) || btf_is_mod(type)) {
			if (btf_is_typedef(type) && alias.empty())
				alias = Name(type->name_off);
			id = type->type;
			type = btf__type_by_id(btf_, id);
		}
		if (btf_is_struct(type))
			return Struct(id);
		if (btf_is_array(type)) {
			const struct btf_array *array = btf_array(type);
			Napi::Object layout = Sized("array", alias, static_cast<uint32_t>(btf__resolve_size(btf_, id)));

			layout.Set("element", Type(array->type));
			return layout;
		}
		if (btf_is_int(type) || btf_is_any_enum(type)) {
			uint8_t encoding = btf_is_int(type) ? btf_int_encoding(type) : 0;
			Napi::Object layout = Sized(btf_is_int(type) ? "int" : "enum",
						    alias.empty() ? Name(type->name_off) : alias, type->size);

			layout.Set("signed", (encoding & BTF_INT_SIGNED) != 0);
			layout.Set("bool", (encoding & BTF_INT_BOOL) != 0);
			if (btf_is_enum(type))
				layout.Set("values", EnumValues(type));
			return layout;
		}
		throw Error(ErrorCode::kInvalidObject, "an event cannot hold a member of BTF kind " +
							   std::to_string(btf_kind(type)));
	}

	Napi::Array EnumValues(const btf_type *type)
	{
		const struct btf_enum *value = btf_enum(type);
		Napi::Array values = Napi::Array::New(env_);

		for (uint16_t i = 0; i < btf_vlen(type); i++, value++) {
			Napi::Object entry = Napi::Object::New(env_);

			entry.Set("name", Name(value->name_off));
			entry.Set("value", value->val);
			values.Set(i, entry);
		}
		return values;
	}

	Napi::Object Sized(const char *kind, const std::string &name, uint32_t size)
	{
		Napi::Object layout = Napi::Object::New(env_);

		layout.Set("kind", kind);
		layout.Set("name", name);
		layout.Set("size", size);
		return layout;
	}

	std::string Name(uint32_t offset) const { return btf__name_by_offset(btf_, offset); }

	Napi::Env env_;
	const btf *btf_;
};

class OpenedObject {
public:
	// Throws Error(kInvalidObject).
	explicit OpenedObject(const Napi::Uint8Array &elf)
	    : object_(bpf_object__open_mem(elf.Data(), elf.ByteLength(), nullptr), bpf_object__close)
	{
		if (!object_)
			throw Error(ErrorCode::kInvalidObject, "cannot open the BPF object", log_.Tail());
	}

	bpf_object *get() const { return object_.get(); }

private:
	LibbpfLog log_;
	std::unique_ptr<bpf_object, decltype(&bpf_object__close)> object_;
};

}  // namespace

Napi::Value StructLayout(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();

	try {
		if (info.Length() != 2 || !info[0].IsTypedArray() || !info[1].IsString())
			throw Error(ErrorCode::kInvalidArgument, "structLayout takes the bytes of an object and a name");
		OpenedObject object(info[0].As<Napi::Uint8Array>());
		std::string name = info[1].As<Napi::String>();
		const btf *types = bpf_object__btf(object.get());
		int id = types == nullptr ? -1 : btf__find_by_name_kind(types, name.c_str(), BTF_KIND_STRUCT);
		if (id < 0)
			throw Error(ErrorCode::kInvalidObject, "the BPF object has no struct " + name);
		return Layouts(env, types).Struct(static_cast<uint32_t>(id));
	} catch (const Error &error) {
		throw ToJs(env, error);
	}
}

Napi::Value ObjectConstants(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();

	try {
		if (info.Length() != 2 || !info[0].IsTypedArray() || !info[1].IsString())
			throw Error(ErrorCode::kInvalidArgument, "objectConstants takes the bytes of an object and a prefix");
		OpenedObject object(info[0].As<Napi::Uint8Array>());
		const btf *types = bpf_object__btf(object.get());
		int id = types == nullptr ? -1 : btf__find_by_name_kind(types, ".rodata", BTF_KIND_DATASEC);
		if (id < 0)
			return Napi::Array::New(env);
		return Layouts(env, types).Variables(static_cast<uint32_t>(id), info[1].As<Napi::String>());
	} catch (const Error &error) {
		throw ToJs(env, error);
	}
}

Napi::Value ObjectPrograms(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();

	try {
		if (info.Length() != 1 || !info[0].IsTypedArray())
			throw Error(ErrorCode::kInvalidArgument, "objectPrograms takes the bytes of an object");
		OpenedObject object(info[0].As<Napi::Uint8Array>());
		Napi::Array programs = Napi::Array::New(env);
		bpf_program *program;

		bpf_object__for_each_program(program, object.get())
		{
			Napi::Object entry = Napi::Object::New(env);

			entry.Set("name", bpf_program__name(program));
			entry.Set("section", bpf_program__section_name(program));
			programs.Set(programs.Length(), entry);
		}
		return programs;
	} catch (const Error &error) {
		throw ToJs(env, error);
	}
}

}  // namespace sonde
